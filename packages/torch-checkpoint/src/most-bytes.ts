/** Bytes that the tensors of a file may take together: tied and transposed weights are common, a thousandfold is an attack. */
export function mostBytesOf(file: Uint8Array): number {
  return 8 * file.length + 2 ** 26
}
