/** What every benchmark is given. */
export interface Settings {
  /** The repository's folder. */
  readonly repository: string
  /** Real data and checkpoints; absent where the folder is. */
  readonly data: string | null
  /** Python with the packages of python/requirements.txt; null measures ours alone. */
  readonly python: string | null
  /** Sizes for the benchmark of the bank. */
  readonly bank: {
    readonly vectors: number
    readonly dimension: number
    readonly queries: readonly number[]
    /** Size of the bank that is larger than its memory. */
    readonly gigabytes: number
    /** Where files are written; the system's folder for temporary files where it is absent. */
    readonly directory: string | null
  }
  /** Times both sides take their turn. */
  readonly rounds: number
  /** Part of the titles of the rows to measure, in benchmarks that have several; in that of the bank, its parts; null measures all. */
  readonly only: string | null
  readonly print: (line: string) => void
}
