import type { TensorDescription } from './describe-safetensors.ts'
import type { SafetensorsDefect } from './safetensors-error.ts'

/**
 * The tensors must fill the data of the file from the first byte to the last: a gap or an overlap lets one file be two
 * things to two readers.
 */
export function checkOffsets(
  tensors: ReadonlyMap<string, TensorDescription>,
  dataStart: number,
  size: number,
  fail: (defect: SafetensorsDefect, message: string) => never,
): void {
  const placed = [...tensors].sort(([, a], [, b]) => a.start - b.start || a.end - b.end)
  let reached = dataStart
  let before = ''
  for (const [name, { start, end }] of placed) {
    const tensor = `tensor ${JSON.stringify(name)}`
    if (end > size) {
      fail(
        'out-of-range',
        `${tensor} ends at byte ${end}, but the file has only ${size}: it is cut short or its header is wrong`,
      )
    }
    if (start < reached)
      fail('overlap', `${tensor} begins at byte ${start}, within ${before}, which ends at ${reached}`)
    if (start > reached)
      fail('hole', `${start - reached} bytes before ${tensor}, from byte ${reached}, belong to no tensor`)
    reached = end
    before = tensor
  }
  if (reached < size)
    fail('trailing-bytes', `${size - reached} bytes at its end, from byte ${reached}, belong to no tensor`)
}
