import type { FastifyInstance } from 'fastify'

/**
 * While a server closes: ends the connections that are open still after `ms` milliseconds, unless images of theirs are being judged.
 * Node itself waits for them without end, and no longer looks for requests that arrive too slowly.
 */
export function closeAfter(server: FastifyInstance, ms: number, isBusy: () => boolean): void {
  server.addHook('preClose', (done) => {
    const look = () => {
      if (isBusy()) wait()
      else server.server.closeAllConnections()
    }
    const wait = () => void setTimeout(look, ms).unref()
    wait()
    done()
  })
}
