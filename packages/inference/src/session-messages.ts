/** What a session worker is started with. */
export interface SessionSettings {
  /** The model, in a SharedArrayBuffer: one copy for all workers. */
  readonly model: Uint8Array
  readonly input: string
}

/** A float32 batch for the model's input. */
export interface SessionRequest {
  readonly id: number
  readonly data: Float32Array<ArrayBuffer>
  readonly shape: readonly number[]
  readonly outputs: readonly string[]
}

export interface SessionTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array<ArrayBuffer>
}

/** What a worker says: that its session is open or could not be opened, the outputs of a request, or why it failed. */
export type SessionReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'done'; readonly id: number; readonly outputs: Record<string, SessionTensor> }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
