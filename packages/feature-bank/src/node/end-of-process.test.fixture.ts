// Searches in onnxruntime until SIGINT ends the process, or ten seconds; see end-of-process.test.ts.
import { createMatrix } from '@mode-ood/core'
import { createSearchEngine } from '../search/create-engine.ts'
import { VectorStore } from '../vector-store.ts'

process.on('SIGINT', () => process.exit(130))
const dimension = 64
const data = Float32Array.from({ length: 20_000 * dimension }, (_, i) => Math.sin(i * i))
const store = new VectorStore(dimension)
store.append(data)
const engine = await createSearchEngine({ name: 'onnxruntime', precision: 'float32', threads: 2, native: 'always' })
const search = (rows: number) =>
  engine.search(store, {
    queries: createMatrix(rows, dimension, data.slice(0, rows * dimension)),
    k: 10,
    keep: 'kth',
    sharing: 1,
  })
await search(1)
process.stdout.write('searching\n')
const end = performance.now() + 10_000
while (performance.now() < end) await search(20_000)
