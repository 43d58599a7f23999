import type { FastifyReply, FastifyRequest } from 'fastify'
import { createAdmission } from './admission.ts'
import type { ServerLimits } from './limits.ts'

/** Holds room for the bodies of requests from their headers on, as a body lies in memory whole. */
export interface BodyAdmission {
  /** Hook of a route: turns a request away before its body is read. */
  onRequest(request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void
  /** To whoever works on a request: gives the function to call when its body is let go. */
  take(request: FastifyRequest): () => void
}

export function createBodyAdmission({
  waitingBytes,
  requestBytes,
}: Pick<ServerLimits, 'waitingBytes' | 'requestBytes'>): BodyAdmission {
  const bodies = createAdmission(waitingBytes, 'bytes of requests')
  const arriving = new WeakMap<FastifyRequest, () => void>()
  return {
    onRequest(request, reply, done) {
      // One of unknown length may have as many bytes as are taken.
      const length = Number(request.headers['content-length'] ?? requestBytes)
      let leave: () => void
      try {
        leave = bodies.enter(Math.min(length, requestBytes))
      } catch (error) {
        done(error as Error)
        return
      }
      arriving.set(request, leave)
      // It was answered, or its client has gone, before anybody worked on it.
      const onEnd = () => arriving.has(request) && leave()
      reply.raw.once('finish', onEnd).once('close', onEnd)
      done()
    },
    take(request) {
      const leave = arriving.get(request)!
      arriving.delete(request)
      return leave
    },
  }
}
