import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMatrix, createRandom, normalizeRows, type Matrix } from '@mode-ood/core'
import { createFeatureBank } from '@mode-ood/feature-bank'
import { startPythonPeer } from './python-peer.ts'
import type { Settings } from './settings.ts'
import { spread } from './statistics.ts'

/**
 * The embeddings of a ResNet-20 trained on 10,000 images as knn searches them, and what the views of a ResNet-20 and of a
 * ResNet-18 are like in number and length.
 */
const cases = [
  { vectors: 10_000, dimension: 64, queries: 10_000, k: 50 },
  { vectors: 10_000, dimension: 64, queries: 10_000, k: 10 },
  { vectors: 10_000, dimension: 64, queries: 10_000, k: 1 },
  { vectors: 60_000, dimension: 64, queries: 6144, k: 10 },
  { vectors: 60_000, dimension: 512, queries: 2048, k: 10 },
]

/** The k-th nearest of a batch of queries among unit vectors in clusters, against faiss' exact flat index on two threads. */
export async function benchmarkBank({ python, rounds, print }: Settings): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'mode-ood-bench-'))
  const peer = python ? startPythonPeer(python, 'bank_reference.py') : null
  try {
    for (const { vectors, dimension, queries, k } of cases) {
      const centres = clusterCentres(10, dimension)
      const bankVectors = clustered(centres, vectors, 2)
      const queryVectors = clustered(centres, queries, 3)
      const files = { bank: join(directory, 'bank.bin'), queries: join(directory, 'queries.bin') }
      writeFileSync(files.bank, bankVectors.data)
      writeFileSync(files.queries, queryVectors.data)
      const bank = await createFeatureBank({ engine: 'onnxruntime', threads: 2 })
      await bank.add(bankVectors)
      await bank.kthDistance({ ...queryVectors, rows: 1, data: queryVectors.data.subarray(0, dimension) }, k)
      const ours: number[] = []
      const theirs: number[] = []
      for (let round = 0; round < rounds; round++) {
        const began = performance.now()
        const distances = await bank.kthDistance(queryVectors, k)
        ours.push((performance.now() - began) / 1000)
        if (!peer) continue
        const answer = await peer.request<{ distances: number[]; seconds: number }>({ ...files, dimension, k })
        theirs.push(answer.seconds)
        // faiss computes in float32.
        const worst = distances.reduce((most, d, i) => Math.max(most, Math.abs(d - answer.distances[i]!)), 0)
        if (!(worst < 1e-5)) throw new Error(`distances differ from those of faiss by ${worst}`)
      }
      await bank.close()
      print(`bank of ${vectors} x ${dimension}, ${queries} queries, k ${k}, seconds: mode-ood ${spread(ours, 2)}`)
      if (!peer) continue
      const ratios = theirs.map((seconds, round) => seconds / ours[round]!)
      print(`  faiss ${spread(theirs, 2)}, ratio ${spread(ratios, 2)}`)
    }
  } finally {
    peer?.close()
    rmSync(directory, { recursive: true })
  }
}

function clusterCentres(count: number, dimension: number): Matrix {
  const random = createRandom(1)
  return createMatrix(count, dimension, Float32Array.from({ length: count * dimension }, random.normal))
}

/** Unit vectors around the centres, as spread as the classes of a trained network. */
function clustered({ rows, columns, data }: Matrix, count: number, seed: number): Matrix {
  const random = createRandom(seed)
  const vectors = new Float32Array(count * columns)
  for (let row = 0; row < count; row++) {
    const centre = random.integer(rows) * columns
    for (let i = 0; i < columns; i++) vectors[row * columns + i] = data[centre + i]! + 0.7 * random.normal()
  }
  return normalizeRows(createMatrix(count, columns, vectors))
}
