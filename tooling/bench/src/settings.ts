/** What every benchmark is given. */
export interface Settings {
  /** The repository's folder. */
  readonly repository: string
  /** Real data and checkpoints; absent where the folder is. */
  readonly data: string | null
  /** Python with the packages of python/requirements.txt; null measures ours alone. */
  readonly python: string | null
  /** Times both sides take their turn. */
  readonly rounds: number
  /** Part of the titles of the rows to measure, in benchmarks that have several; null measures all. */
  readonly only: string | null
  readonly print: (line: string) => void
}
