/** A backend that is now the current one: what computes, and where. */
export interface Success {
  readonly engine: string
  readonly device: 'cpu' | 'gpu'
}

/** Why a backend cannot be used, and what would help. */
export interface Setback {
  readonly reason: string
  readonly remedy: string
}

export type Outcome = Success | Setback
