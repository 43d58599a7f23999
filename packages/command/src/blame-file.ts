import { InvalidOptionError } from '@mode-ood/core'

/** Does `work` with values that a file gave, and names the file when one of them turns out to be wrong. */
export async function blameFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof InvalidOptionError)) throw error
    throw new InvalidOptionError(`${file}: ${error.message}`, { cause: error })
  }
}
