// A million scores a side, continuous and with ties: npx vitest bench --run --config ../../tooling/vitest/vitest.config.mjs
import { createRandom } from '@mode-ood/core'
import { bench, describe } from 'vitest'
import {
  aupr,
  auroc,
  aurocInterval,
  bootstrapInterval,
  detectionError,
  fprAtTpr,
  oscr,
  pairedDelong,
  prCurve,
  rocCurve,
} from './index.ts'

const count = 1_000_000
const random = createRandom('bench')
const draw = (length: number, mean: number) => Float64Array.from({ length }, () => mean + random.normal())
const rounded = (scores: Float64Array) => scores.map((score) => Math.round(score * 50) / 50)

const continuous = { id: draw(count, 1), ood: draw(count, 0) }
const other = { id: draw(count, 1), ood: draw(count, 0) }
const tied = { id: rounded(continuous.id), ood: rounded(continuous.ood) }
const plain = { id: [...continuous.id], ood: [...continuous.ood] }
const small = { id: draw(10_000, 1), ood: draw(10_000, 0) }
const correct = new Uint8Array(count).map((_, i) => Number(i % 10 !== 0))
const runs = { iterations: 3, time: 0, warmupIterations: 1, warmupTime: 0 }

describe('1,000,000 scores a side', () => {
  bench('auroc', () => void auroc(continuous.id, continuous.ood), runs)
  bench('auroc, 500 distinct values', () => void auroc(tied.id, tied.ood), runs)
  bench('auroc, plain arrays', () => void auroc(plain.id, plain.ood), runs)
  bench('aupr, ID positive', () => void aupr(continuous.id, continuous.ood, { positive: 'id' }), runs)
  bench('aupr, OOD positive', () => void aupr(continuous.id, continuous.ood, { positive: 'ood' }), runs)
  bench('fprAtTpr', () => void fprAtTpr(continuous.id, continuous.ood, { positive: 'id' }), runs)
  bench('fprAtTpr, paper', () => void fprAtTpr(continuous.id, continuous.ood, { positive: 'id', rule: 'paper' }), runs)
  bench('detectionError', () => void detectionError(continuous.id, continuous.ood), runs)
  bench('oscr', () => void oscr(continuous.id, correct, continuous.ood), runs)
  bench('rocCurve, 500 points', () => void rocCurve(continuous.id, continuous.ood, { maxPoints: 500 }), runs)
  bench('prCurve, all points', () => void prCurve(continuous.id, continuous.ood, { positive: 'id' }), runs)
  bench('aurocInterval', () => void aurocInterval(continuous.id, continuous.ood), runs)
  bench('aurocInterval, 500 distinct values', () => void aurocInterval(tied.id, tied.ood), runs)
  bench('pairedDelong', () => void pairedDelong(continuous, other), runs)
})

describe('10,000 scores a side', () => {
  bench('bootstrapInterval, 1000 samples', () => void bootstrapInterval(small.id, small.ood), runs)
})
