import { InvalidInputError, ModeOodError } from '@mode-ood/core'

/** Lets a score work, and when it fails says which it was and on what; the reason may be the score's own code. */
export async function blameScore<T>(
  score: { readonly name: string },
  place: () => string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0]! : String(error)
    const subject = `score "${score.name}"`
    const told = message.startsWith(subject) ? message : `${subject}: ${message}`
    const hint = error instanceof ModeOodError ? '' : ' (--debug shows where)'
    throw new InvalidInputError(`${place()}: ${told}${hint}`, { cause: error })
  }
}
