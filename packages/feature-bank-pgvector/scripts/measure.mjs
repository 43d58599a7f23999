// How fast a table loads and answers:
//   PGVECTOR_URL=postgres://… node --import tsx --conditions=@mode-ood/source scripts/measure.mjs VECTORS DIMENSION
// in this package's folder. Clustered unit vectors; the table is dropped at the end.
import { createMatrix, createRandom, normalizeRows } from '@mode-ood/core'
import { createPgvectorBank } from '@mode-ood/feature-bank-pgvector'
import { Client } from 'pg'

const [rows = 100_000, dimension = 512] = process.argv.slice(2).map(Number)
const connection = process.env.PGVECTOR_URL
const table = `measured_${process.pid}`
const random = createRandom('measure')
const centers = Array.from({ length: 100 }, () => Float32Array.from({ length: dimension }, random.normal))
const draw = (count) =>
  normalizeRows(
    createMatrix(
      count,
      dimension,
      Float32Array.from({ length: count * dimension }, (_, at) => {
        return centers[Math.floor(at / dimension) % 100][at % dimension] + random.uniform() - 0.5
      }),
    ),
  )

const bank = await createPgvectorBank({ connection, table })
const batch = draw(Math.min(rows, 10_000))
let loadingMs = 0
for (let added = 0; added < rows; added += batch.rows) {
  const started = performance.now()
  await bank.add(batch)
  loadingMs += performance.now() - started
}
const client = new Client(connection)
await client.connect()
const { rows: held } = await client.query(
  `SELECT pg_size_pretty(pg_total_relation_size($1::regclass)) AS size, version()`,
  [table],
)
const latencies = []
const queries = draw(12)
for (let row = 0; row < queries.rows; row++) {
  const query = createMatrix(1, dimension, queries.data.slice(row * dimension, (row + 1) * dimension))
  const started = performance.now()
  await bank.search(query, 10)
  latencies.push(performance.now() - started)
}
latencies.sort((a, b) => a - b)
console.log(`${held[0].version.split(' on ')[0]}, ${rows} x ${dimension}, ${held[0].size} in the table`)
console.log(`loading ${Math.round((rows / loadingMs) * 1000)} rows/s`)
console.log(`a query, k = 10: median ${latencies[6].toFixed(0)} ms, least ${latencies[0].toFixed(0)} ms`)
await bank.close()
await client.query(`DROP TABLE ${table}`)
await client.end()
