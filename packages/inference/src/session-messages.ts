/** What a session worker is started with. */
export interface SessionSettings {
  /** The model, in a SharedArrayBuffer: one copy for all workers. */
  readonly model: Uint8Array
  readonly input: string
}

/** A batch for the model's input: float32, or bytes that the worker looks up in `table`. */
export interface SessionRequest {
  readonly id: number
  readonly data: Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>
  /** The normalised value of every byte and channel, for bytes. */
  readonly table?: Float32Array<ArrayBuffer> | undefined
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
