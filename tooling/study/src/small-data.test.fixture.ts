import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createRandom } from '@mode-ood/core'

const imageBytes = 3 * 32 * 32

/** Writes a folder like that of docs/data.md with few images: noise around a level that the class decides. */
export function writeSmallData(directory: string): string {
  const counts = { 'cifar10/train_a.bin': 128, 'cifar10/test_a.bin': 30, 'ood/tin_a/images32.bin': 20 }
  for (const [file, count] of Object.entries({ ...counts, 'ood/dtd_a/images32.bin': 12 })) {
    const random = createRandom(file)
    const records = Array.from({ length: count }, (_, i) => {
      const label = i % 3
      return Buffer.from([label, ...Array.from({ length: imageBytes }, () => 80 * label + random.integer(60))])
    })
    write(join(directory, file), Buffer.concat(records))
  }
  const digits = Buffer.alloc(16 + 15 * 28 * 28, 90)
  for (const [i, value] of [0x803, 15, 28, 28].entries()) digits.writeUInt32BE(value, 4 * i)
  write(join(directory, 'ood/mnist/t10k-images-idx3-ubyte.gz'), gzipSync(digits))
  return directory
}

function write(path: string, content: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
