// Both directions work on bit patterns, so that every one of the 65536 half precision values, signed zeros and NaN
// payloads included, comes back as it was.

/** IEEE 754 binary16 bits to float32, exactly. */
export function decodeFloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length)
  for (let i = 0; i < halves.length; i++) bits[i] = widen(halves[i]!)
  return new Float32Array(bits.buffer)
}

/** float32 to IEEE 754 binary16 bits, to nearest, ties to even; what is too large becomes an infinity. */
export function encodeFloat16(values: Float32Array, halves: Uint16Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let i = 0; i < bits.length; i++) halves[i] = narrow(bits[i]!)
}

function widen(half: number): number {
  const sign = (half & 0x8000) << 16
  const exponent = (half >> 10) & 0x1f
  let fraction = half & 0x3ff
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13)
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13)
  if (fraction === 0) return sign
  // Subnormal: shift the leading one to where float32 leaves it out.
  const shift = Math.clz32(fraction) - 21
  fraction = (fraction << shift) & 0x3ff
  return sign | ((113 - shift) << 23) | (fraction << 13)
}

function narrow(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) {
    const payload = (magnitude >> 13) & 0x3ff
    return sign | 0x7c00 | (payload === 0 ? 0x200 : payload)
  }
  // 65520, half way between the largest half and the next power of two, and all above.
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude >= 0x38800000) return sign | roundShift(magnitude - 0x38000000, 13)
  // Below 2^-25 nothing rounds up to the smallest subnormal, 2^-24; 2^-25 itself is a tie and goes to zero.
  if (magnitude <= 0x33000000) return sign
  const exponent = magnitude >> 23
  return sign | roundShift((magnitude & 0x7fffff) | 0x800000, 126 - exponent)
}

/** value / 2^shift, to nearest, ties to even. A carry moves into the exponent, as it should. */
function roundShift(value: number, shift: number): number {
  const quotient = value >> shift
  const rest = value & ((1 << shift) - 1)
  const half = 1 << (shift - 1)
  return rest > half || (rest === half && (quotient & 1) === 1) ? quotient + 1 : quotient
}
