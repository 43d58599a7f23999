import * as z from 'zod'
import { answerSchema, errorSchema, healthSchema, jsonBodySchema, querySchema } from './answer-schema.ts'

type JsonSchema = z.core.JSONSchema.JSONSchema

/** The OpenAPI document of the server, from the schemas that it checks by. */
export function openApiDocument(version: string): object {
  const problem = (description: string) => ({ description, content: json(errorSchema) })
  const binary = { schema: { type: 'string', format: 'binary' } }
  const parts = { type: 'object', additionalProperties: { type: 'array', items: { type: 'string', format: 'binary' } } }
  return {
    openapi: '3.1.0',
    info: { title: 'mode-ood detector', version, license: { name: 'MIT' } },
    paths: {
      '/detect': {
        post: {
          summary: 'Says of one image or several whether they are out of distribution',
          parameters: queryParameters(),
          requestBody: {
            required: true,
            content: {
              'image/*': binary,
              'application/octet-stream': binary,
              'multipart/form-data': { schema: parts },
              ...json(jsonBodySchema),
            },
          },
          responses: {
            200: { description: 'one detection an image, in their order', content: json(answerSchema) },
            400: problem('a request that is not understood'),
            408: problem('a request that did not arrive in time'),
            413: problem('too many bytes, images or pixels'),
            415: problem('a content type that is not taken'),
            422: problem('an image that cannot be decoded'),
            503: problem('more images are waiting than the server takes'),
          },
        },
      },
      '/health': {
        get: {
          summary: 'What the server judges by',
          responses: { 200: { description: 'it works', content: json(healthSchema) } },
        },
      },
      '/metrics': {
        get: {
          summary: 'Prometheus metrics',
          responses: { 200: { description: 'text', content: { 'text/plain': {} } } },
        },
      },
    },
  }
}

function queryParameters(): object[] {
  const { properties = {} } = toSchema(querySchema)
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }))
}

const json = (schema: z.ZodType) => ({ 'application/json': { schema: toSchema(schema) } })

function toSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return rest
}
