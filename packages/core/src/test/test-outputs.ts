import { createMatrix, type Matrix } from '../matrix.ts'
import type { Head, ModelOutputs, Views } from '../model-outputs.ts'
import { normalizeRows } from '../normalize-rows.ts'
import { createRandom, type Random } from '../random.ts'

/** A small classification problem: clustered post-ReLU embeddings and a head that mostly classifies them. */
export interface TestOutputs {
  readonly training: ModelOutputs & { readonly labels: Int32Array }
  readonly id: ModelOutputs
  readonly ood: ModelOutputs
}

const classes = 5
const dimension = 24
const viewCount = 6

/** Seeded model outputs for trying a score: 200 training rows, 30 in-distribution and 30 out-of-distribution images. */
export function createTestOutputs(seed: string | number = 1): TestOutputs {
  const random = createRandom(`test outputs ${seed}`)
  const centers = createMatrix(classes + 1, dimension)
  for (let i = 0; i < centers.data.length; i++) centers.data[i] = Math.max(0, random.normal()) * 2
  const head = createHead(centers)
  const labels = Int32Array.from({ length: 200 }, (_, i) => (i * i) % classes)
  const idLabels = Int32Array.from({ length: 30 }, (_, i) => i % classes)
  const oodLabels = new Int32Array(30).fill(classes)
  return {
    training: { ...drawOutputs(labels, centers, head, random.fork('training')), labels },
    id: drawOutputs(idLabels, centers, head, random.fork('id')),
    ood: drawOutputs(oodLabels, centers, head, random.fork('ood')),
  }
}

/** Class c's logit grows with the inner product with center c. */
function createHead(centers: Matrix): Head {
  const weight = createMatrix(
    classes,
    dimension,
    centers.data.slice(0, classes * dimension).map((x) => (x - 0.8) / 4),
  )
  return { weight, bias: Float32Array.from({ length: classes }, (_, c) => c / 50) }
}

function drawOutputs(labels: Int32Array, centers: Matrix, head: Head, random: Random): ModelOutputs {
  const around = (label: number, i: number) => Math.max(0, centers.data[label * dimension + i]! + 0.7 * random.normal())
  const embedding = createMatrix(labels.length, dimension)
  for (const [row, label] of labels.entries()) {
    for (let i = 0; i < dimension; i++) embedding.data[row * dimension + i] = around(label, i)
  }
  const unscaled = createMatrix(labels.length * viewCount, dimension)
  for (let row = 0; row < unscaled.rows; row++) {
    const label = labels[Math.floor(row / viewCount)]!
    for (let i = 0; i < dimension; i++) unscaled.data[row * dimension + i] = around(label, i)
  }
  const views: Views = { count: labels.length, views: viewCount, dimension, data: normalizeRows(unscaled).data }
  return { embedding, logits: applyHead(embedding, head), views, head }
}

function applyHead(embedding: Matrix, { weight, bias }: Head): Matrix {
  const logits = createMatrix(embedding.rows, weight.rows)
  for (let row = 0; row < embedding.rows; row++) {
    for (let c = 0; c < weight.rows; c++) {
      let sum = bias[c]!
      for (let i = 0; i < dimension; i++) sum += weight.data[c * dimension + i]! * embedding.data[row * dimension + i]!
      logits.data[row * weight.rows + c] = sum
    }
  }
  return logits
}
