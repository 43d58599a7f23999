import { setTimeout as delay } from 'node:timers/promises'
import { ModeOodError } from '@mode-ood/core'

/** How often a call is repeated, and how long the driver waits before the first time; each wait is twice the one before. */
export interface Retries {
  readonly retries: number
  readonly firstWaitMs: number
}

/** What every answer of Milvus says of itself. */
interface Answer {
  readonly status: { readonly error_code: string | number; readonly reason: string; readonly retriable?: boolean }
}

/** gRPC's deadline exceeded, resource exhausted, aborted, unavailable: the server may answer the next time. */
const passing = new Set([4, 8, 10, 14])

/**
 * Makes a call until Milvus answers it. `call` learns how many times it failed before: what it sends may have arrived.
 * `doing` says in errors what was asked for.
 *
 * @throws ModeOodError where Milvus refuses, or where it could not be reached at any time.
 */
export async function withRetries<T extends Answer>(
  { retries, firstWaitMs }: Retries,
  doing: string,
  call: (failures: number) => Promise<T>,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    const outcome = await attempt(() => call(failures))
    if ('answer' in outcome) return outcome.answer
    const { reason, retriable, cause } = outcome
    if (!retriable) throw new ModeOodError(`Milvus refused ${doing}: ${reason}`, { cause })
    if (failures === retries) {
      throw new ModeOodError(
        `Milvus did not answer ${doing} (${reason}, ${failures + 1} times); the same call can be made again when it is back`,
        { cause },
      )
    }
    await delay(firstWaitMs * 2 ** failures)
  }
}

type Outcome<T> =
  | { readonly answer: T }
  | { readonly reason: string; readonly retriable: boolean; readonly cause: unknown }

async function attempt<T extends Answer>(call: () => Promise<T>): Promise<Outcome<T>> {
  try {
    const answer = await call()
    const { error_code: code, reason, retriable = false } = answer.status
    if (code === 'Success' || code === 0) return { answer }
    return { reason: firstLine(reason), retriable, cause: answer.status }
  } catch (error) {
    // The SDK throws the answer itself where a call it makes on its own is refused.
    const { status, code, message } = error as Partial<Answer> & { code?: number; message?: string }
    if (status) return { reason: firstLine(status.reason), retriable: status.retriable ?? false, cause: error }
    return { reason: firstLine(message ?? String(error)), retriable: passing.has(code ?? -1), cause: error }
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0]!
}
