// Adds a vector to the bank in a directory and saves it, again and again until it is killed; see saved-bank.test.ts.
import { existsSync } from 'node:fs'
import { createMatrix } from '@mode-ood/core'
import { createFeatureBank, openFeatureBank } from '../index.ts'

const directory = process.argv[2]!
const bank = existsSync(directory) ? await openFeatureBank(directory) : await createFeatureBank()
for (;;) {
  const { size } = bank
  await bank.add(createMatrix(1, 2, Float32Array.of(size, size ** 2)))
  await bank.save(directory)
  process.stdout.write(`${bank.size}\n`)
}
