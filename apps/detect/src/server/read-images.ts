import { InvalidInputError, ModeOodError } from '@mode-ood/core'
import type { FastifyRequest } from 'fastify'
import { jsonBodySchema } from './answer-schema.ts'
import type { ServerLimits } from './limits.ts'

/** An image file as a client sent it. */
export interface SentImage {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A request larger than the server takes. */
export class TooLargeError extends ModeOodError {
  override name = 'TooLargeError'
}

/**
 * The image files of a request: its body, the files of a form, or base64 in JSON.
 *
 * @throws TooLargeError, InvalidInputError for a request without images.
 */
export async function readImages(request: FastifyRequest, limits: ServerLimits): Promise<SentImage[]> {
  const images = request.isMultipart() ? await readForm(request, limits) : readBody(request.body)
  if (images.length === 0) throw new InvalidInputError('the request holds no image')
  if (images.length > limits.imagesPerRequest) {
    throw new TooLargeError(
      `the request holds ${images.length} images, and ${limits.imagesPerRequest} are taken at a time`,
    )
  }
  for (const { name, bytes } of images) {
    if (bytes.length > limits.imageBytes) throw new TooLargeError(`${name} has more than ${limits.imageBytes} bytes`)
  }
  return images
}

async function readForm(request: FastifyRequest, limits: ServerLimits): Promise<SentImage[]> {
  const images: SentImage[] = []
  let total = 0
  for await (const part of request.files()) {
    const bytes = await part.toBuffer()
    total += bytes.length
    if (total > limits.requestBytes) throw new TooLargeError(`the request has more than ${limits.requestBytes} bytes`)
    images.push({ name: part.filename || `image ${images.length}`, bytes })
  }
  return images
}

function readBody(body: unknown): SentImage[] {
  if (body instanceof Uint8Array) return [{ name: 'image 0', bytes: body }]
  const { data, error } = jsonBodySchema.safeParse(body)
  if (!data) {
    const issue = error.issues[0]!
    throw new InvalidInputError(`the JSON of the request is wrong at "${issue.path.join('.')}": ${issue.message}`)
  }
  return data.images.map((text, i) => ({ name: `image ${i}`, bytes: Buffer.from(text, 'base64') }))
}
