import { readFile } from 'node:fs/promises'
import type { CommandContext } from '@mode-ood/command'
import { InvalidOptionError } from '@mode-ood/core'
import type { ServeLine } from './command-line.ts'
import { openSavedDetector } from './open-saved-detector.ts'
import { createServer } from './server/create-server.ts'

/** `detect serve`: answers until Ctrl-C or SIGTERM, then finishes what is under way; a second signal ends it at once. */
export async function serve(
  line: ServeLine,
  { stdout, progress, onInterrupt, leave }: CommandContext,
): Promise<number> {
  const detector = await openSavedDetector(line.detector, line.threads)
  try {
    const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8')
    const { version } = JSON.parse(manifest) as { version: string }
    const server = await createServer(detector, { version })
    const stopped = stopOnInterrupt({ onInterrupt, leave })
    const address = await server.listen({ host: line.host, port: line.port }).catch((error: NodeJS.ErrnoException) => {
      throw new InvalidOptionError(`${line.host}:${line.port} cannot be listened on: ${error.message}`)
    })
    stdout.write(`Listening on ${address} (POST /detect; GET /health, /metrics, /openapi.json)\n`)
    await stopped
    progress.say('  answering what is under way, then stopping')
    await server.close()
    return 0
  } finally {
    await detector.close()
  }
}

/** npm sends a signal a second time at once; a second one that comes later is a person's. */
const secondAfterMs = 1000

function stopOnInterrupt({ onInterrupt, leave }: Pick<CommandContext, 'onInterrupt' | 'leave'>): Promise<void> {
  return new Promise((resolve) => {
    let first: number | null = null
    onInterrupt(() => {
      if (first !== null && performance.now() - first > secondAfterMs) leave()
      first ??= performance.now()
      resolve()
    })
  })
}
