/** Goes through data, as often as it likes, one loop at a time; `seconds` tells how long it has been at work. */
export type Reader<B, R> = (data: AsyncIterable<B>, seconds: () => number) => Promise<R>

/** Called when a reader fails; throwing ends all others. */
type OnFailure = (reader: number, reason: unknown) => void

/**
 * Lets several readers go through the same data in step: in every round a batch is read once and handed to one reader after the
 * other. A reader that goes through the data again joins the next round; there are as many rounds as the most any reader needs.
 *
 * @param source begins to read the data.
 * @param onRound told the number of the round, from 1, and then, by what it returns, of every batch.
 */
export async function readInStep<B, R>(
  source: () => AsyncIterable<B>,
  readers: readonly Reader<B, R>[],
  onFailure: OnFailure,
  onRound: (round: number) => (batch: B) => void = () => () => {},
): Promise<PromiseSettledResult<R>[]> {
  const seats = readers.map((read) => new Seat(read))
  const take = async (reader: number, step: () => Promise<void>) => {
    await step()
    const result = seats[reader]!.result
    if (result?.status === 'rejected') onFailure(reader, result.reason)
  }
  try {
    for (const [reader, seat] of seats.entries()) await take(reader, () => seat.start())
    for (let round = 1; seats.some((seat) => seat.isWaiting); round++) {
      const present = [...seats.entries()].filter(([, seat]) => seat.join())
      const onBatch = onRound(round)
      for await (const batch of source()) {
        for (const [reader, seat] of present) await take(reader, () => seat.give({ value: batch, done: false }))
        onBatch(batch)
      }
      for (const [reader, seat] of present) await take(reader, () => seat.give({ value: undefined, done: true }))
    }
  } catch (error) {
    for (const seat of seats) seat.dismiss(error)
    throw error
  }
  return seats.map(({ result }) => result!)
}

interface Request<B> {
  /** Which of the reader's loops asks. */
  readonly loop: number
  readonly answer: (given: IteratorResult<B, undefined>) => void
  readonly fail: (reason: unknown) => void
}

/** One reader: at work, waiting for a batch, or done. */
class Seat<B, R> {
  result: PromiseSettledResult<R> | undefined
  readonly #read: Reader<B, R>
  #seconds = 0
  #began = 0
  #request: Request<B> | undefined
  /** The loop that takes part in the round. */
  #present = 0
  #loops = 0
  #onIdle: () => void = () => {}

  constructor(read: Reader<B, R>) {
    this.#read = read
  }

  get isWaiting(): boolean {
    return this.#request !== undefined
  }

  /** Begins to read, until the first batch is asked for. */
  start(): Promise<void> {
    return this.#work(async () => {
      const seconds = () => this.#seconds + (performance.now() - this.#began) / 1000
      const [result] = await Promise.allSettled([this.#read(this.#data(), seconds)])
      this.result = result
      this.#onIdle()
    })
  }

  /** Takes part in the round that begins, if it waits for one. */
  join(): boolean {
    this.#present = this.#request?.loop ?? 0
    return this.isWaiting
  }

  /** Hands over a batch or the end of a round, until the next is asked for; nothing to who has left the round. */
  async give(given: IteratorResult<B, undefined>): Promise<void> {
    const request = this.#request
    if (request?.loop !== this.#present) return
    this.#request = undefined
    await this.#work(() => request.answer(given))
  }

  /** Lets a reader that waits go, with an error. */
  dismiss(reason: unknown): void {
    this.#request?.fail(reason)
  }

  async #work(begin: () => unknown): Promise<void> {
    this.#began = performance.now()
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve
    })
    begin()
    await idle
    this.#seconds += (performance.now() - this.#began) / 1000
  }

  #data(): AsyncIterable<B> {
    return {
      [Symbol.asyncIterator]: () => {
        const loop = ++this.#loops
        return { next: () => this.#ask(loop), return: async () => ({ value: undefined, done: true }) }
      },
    }
  }

  #ask(loop: number): Promise<IteratorResult<B, undefined>> {
    if (this.#request) return Promise.reject(new Error('data can be gone through by one loop at a time'))
    return new Promise((answer, fail) => {
      this.#request = { loop, answer, fail }
      this.#onIdle()
    })
  }
}
