// Searches until SIGINT ends the process, or ten seconds; see end-of-process.test.ts.
import { createMatrix } from '@mode-ood/core'
import { createFeatureBank } from '../index.ts'

process.on('SIGINT', () => process.exit(130))
const dimension = 64
const data = Float32Array.from({ length: 20_000 * dimension }, (_, i) => Math.sin(i * i))
const matrix = createMatrix(20_000, dimension, data)
const bank = await createFeatureBank({ engine: 'onnxruntime', precision: 'float32', threads: 2 })
await bank.add(matrix)
await bank.search(createMatrix(1, dimension), 1)
process.stdout.write('searching\n')
const end = performance.now() + 10_000
while (performance.now() < end) await bank.search(matrix, 10)
