/** A vector from what `vector_send` gives: dimension and two zero bytes, then big-endian float32 components. */
export function readVector(sent: unknown, into: Float32Array): void {
  const bytes = sent as Uint8Array
  const target = new Uint8Array(into.buffer, into.byteOffset, into.byteLength)
  target.set(bytes.subarray(4))
  Buffer.from(into.buffer, into.byteOffset, into.byteLength).swap32()
}
