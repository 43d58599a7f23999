import { createRandom } from '@mode-ood/core'
import type { AlpaProblem } from '@mode-ood/testing'
import type { AlpaOptions } from '../../loss-options.ts'
import { type AlpaEmission, alpaEmitter } from './alpa.ts'
import { type GraphInput, type LossRun, runLoss } from './loss-graph.test.fixture.ts'

export const roles = ['query', 'key', 'value'] as const
export const matrices: readonly string[] = roles.flatMap((role) => [`${role}.w1`, `${role}.w2`])

/** A batch and the projections. */
export interface AlpaInput {
  /** [count, height, width, channels] */
  readonly map: GraphInput
  /** [count / views] */
  readonly labels: readonly number[]
  /** By `query.w1` and so on. */
  readonly matrices: Readonly<Record<string, GraphInput>>
}

interface AlpaRun extends Partial<AlpaOptions>, AlpaEmission {
  readonly views?: 1 | 2
}

/** Loss and gradients of `map` and of `alpa.query.w1` and so on. */
export function runAlpa({ map, labels, matrices: weights }: AlpaInput, options: AlpaRun = {}): Promise<LossRun> {
  const [count, height, width, channels] = map.shape as [number, number, number, number]
  const dimension = weights['query.w2']!.shape[1]!
  const { views = 2, weight = 1, chunkMebibytes = 8, keptMebibytes = 256, ...changes } = options
  const all: AlpaOptions = { dimension, inverseTemperature: 10, aggregation: 'mean', grid: 4, ...changes }
  const named = Object.entries(weights).map(([name, matrix]) => [`alpa.${name}`, matrix] as const)
  return runLoss(
    {
      map: { shape: [count, height * width, channels], values: map.values },
      labels: { shape: [labels.length], values: labels },
      ...Object.fromEntries(named),
    },
    (tape) =>
      alpaEmitter(all, { weight, chunkMebibytes, keptMebibytes })(tape, {
        count,
        views,
        classes: 0,
        map: { name: 'map', height, width, channels },
        embedding: '',
        logits: '',
        labels: 'labels',
      }),
  )
}

/** Features after a ReLU whose positions differ: where all values point the same way, float32 has nothing left of gradients. */
export function sparseFeatures(size: number, seed: string): Float64Array {
  const { normal } = createRandom(seed)
  return Float64Array.from({ length: size }, () => Math.max(0, normal()) ** 3)
}

/** A small problem for central differences. */
export function alpaProblem(change: Partial<AlpaProblem> = {}): AlpaProblem {
  const { images = 4, positions = 4, channels = 5, dimension = 4 } = change
  const { normal } = createRandom('alpa')
  const draw = (size: number) => Float64Array.from({ length: size }, () => 0.7 * normal())
  const weights = roles.flatMap((role) => [
    [`${role}.w1`, draw(channels * channels)],
    [`${role}.w2`, draw(channels * dimension)],
  ])
  const tensors = { map: sparseFeatures(images * positions * channels, 'map'), ...Object.fromEntries(weights) }
  const labels = [0, 1, 0, 1].slice(0, images)
  return {
    images,
    positions,
    channels,
    dimension,
    labels,
    inverseTemperature: 2,
    aggregation: 'mean',
    tensors,
    ...change,
  }
}

/** A problem as a batch of square maps. */
export function inputOf(
  { images, positions, channels, dimension, labels, tensors }: AlpaProblem,
  views = 2,
): AlpaInput {
  const side = Math.sqrt(positions)
  const shape = (name: string) => [channels, name.endsWith('w1') ? channels : dimension]
  return {
    map: { shape: [images, side, side, channels], values: tensors['map']! },
    labels: labels.slice(0, images / views),
    matrices: Object.fromEntries(matrices.map((name) => [name, { shape: shape(name), values: tensors[name]! }])),
  }
}
