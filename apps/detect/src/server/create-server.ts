import multipart from '@fastify/multipart'
import { InvalidFileError, ModeOodError } from '@mode-ood/core'
import type { Detection, Detector } from '@mode-ood/detector'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { explained } from '../explained.ts'
import { createImageLoader } from '../load-image.ts'
import { querySchema } from './answer-schema.ts'
import { createAdmission, ServerBusyError } from './admission.ts'
import { createBatcher } from './batcher.ts'
import { createBodyAdmission } from './body-admission.ts'
import { closeAfter } from './close-after.ts'
import { defaultLimits, type ServerLimits } from './limits.ts'
import { createMetrics } from './metrics.ts'
import { openApiDocument } from './openapi.ts'
import { readImages, TooLargeError, type SentImage } from './read-images.ts'

export interface ServerOptions {
  readonly version: string
  readonly limits?: Partial<ServerLimits> | undefined
}

/** Most images judged at once. */
const batchImages = 64

/** An HTTP server around a detector, not listening yet. Closing it answers what is under way; the detector stays open. */
export async function createServer(
  detector: Detector,
  { version, limits: given }: ServerOptions,
): Promise<FastifyInstance> {
  const limits = { ...defaultLimits, ...given }
  const loader = createImageLoader(detector)
  const waiting = createAdmission(limits.waitingImages, 'images')
  const metrics = createMetrics(detector, () => waiting.held)
  const batcher = createBatcher(detector, loader, {
    mostImages: batchImages,
    onBatch: metrics.onBatch,
  })
  const server = await openServer(limits)
  const bodies = createBodyAdmission(limits)
  closeAfter(server, limits.requestMs, () => waiting.held > 0)

  const judge = async (images: readonly SentImage[], nearest: number): Promise<Detection[]> => {
    // Before they are decoded: pixels take far more memory than files.
    const leave = waiting.enter(images.length)
    try {
      const loading = images.map(({ name, bytes }) => loader.loadBytes(bytes, { name, mostPixels: limits.pixels }))
      // None is decoded any longer when the others' places are given away.
      await Promise.allSettled(loading)
      const pixels = await Promise.all(loading)
      return await Promise.all(pixels.map((image) => batcher.detect(image, nearest)))
    } finally {
      leave()
    }
  }
  const answer = async (request: FastifyRequest): Promise<object> => {
    const { nearest } = parseQuery(request)
    const images = await readImages(request, limits)
    const detections = await judge(images, nearest)
    metrics.onDetections(detections)
    return {
      detections: detections.map((detection, i) => {
        const { score, pValue, isOod, prediction } = detection
        const name = images[i]!.name
        return { name, score, pValue, isOod, ...(prediction !== undefined && { prediction }), ...explained(detection) }
      }),
    }
  }
  const detect = async (request: FastifyRequest): Promise<object> => answer(request).finally(bodies.take(request))
  // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- fastify awaits its handlers, express does not
  server.post('/detect', { onRequest: bodies.onRequest }, detect)
  server.addHook('onResponse', (request, reply, done) => {
    if (request.routeOptions.url === '/detect') metrics.onRequest(reply.statusCode, reply.elapsedTime / 1000)
    done()
  })

  const { falseAlarmRate, confidence } = detector.calibration
  const health = { status: 'ok', score: detector.parts.score.name, falseAlarmRate, confidence }
  const document = openApiDocument(version)
  server.get('/health', () => health)
  server.get('/openapi.json', () => document)
  server.get('/metrics', async (_, reply) => {
    reply.type(metrics.registry.contentType)
    return metrics.registry.metrics()
  })
  return server
}

async function openServer({
  requestBytes,
  imageBytes,
  imagesPerRequest,
  requestMs,
}: ServerLimits): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: requestBytes,
    requestTimeout: requestMs,
    keepAliveTimeout: 5000,
    forceCloseConnections: 'idle',
    // Who sends slowly is looked for every second, not only every half minute.
    http: { headersTimeout: Math.min(10_000, requestMs), connectionsCheckingInterval: Math.min(1000, requestMs) },
  })
  await server.register(multipart, { limits: { fileSize: imageBytes, files: imagesPerRequest, fields: 0 } })
  server.removeContentTypeParser('text/plain')
  server.addContentTypeParser(/^(image\/|application\/octet-stream)/, { parseAs: 'buffer' }, (_, body, done) =>
    done(null, body),
  )
  server.setErrorHandler(answerError)
  server.setNotFoundHandler((request, reply) => {
    void reply.code(404).send({ error: `there is no ${request.method} ${request.url}: see /openapi.json` })
  })
  return server
}

function parseQuery(request: FastifyRequest): { nearest: number } {
  const { data, error } = querySchema.safeParse(request.query)
  if (data) return data
  const issue = error.issues[0]!
  throw new ModeOodError(`the query is wrong at "${issue.path.join('.')}": ${issue.message}`)
}

/** One sentence; a defect of the server says no more than that. */
function answerError(error: Error & { statusCode?: number }, _: FastifyRequest, reply: FastifyReply): void {
  const status = statusOf(error)
  if (status === 503) reply.header('retry-after', '1')
  void reply.code(status).send({ error: status === 500 ? 'the server failed on this request' : error.message })
}

function statusOf(error: Error & { statusCode?: number }): number {
  if (error instanceof ServerBusyError) return 503
  if (error instanceof TooLargeError) return 413
  if (error instanceof InvalidFileError) return error.message.includes('more pixels than') ? 413 : 422
  if (error instanceof ModeOodError) return 400
  return error.statusCode ?? 500
}
