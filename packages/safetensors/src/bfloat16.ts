/** bfloat16 bits to float32, exactly: they are its upper half. */
export function decodeBfloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length)
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16
  return new Float32Array(bits.buffer)
}

/** float32 to bfloat16 bits, to nearest, ties to even; what is too large becomes an infinity, NaN stays NaN. */
export function encodeBfloat16(values: Float32Array, halves: Uint16Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i]!
    const upper = value >>> 16
    if ((value & 0x7fffffff) > 0x7f800000) halves[i] = (upper & 0x7f) === 0 ? upper | 0x40 : upper
    else halves[i] = (value + 0x7fff + (upper & 1)) >>> 16
  }
}
