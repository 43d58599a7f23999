import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom, type Tensor } from '@mode-ood/core'
import { aupr, auroc, aurocInterval, averageMetrics, detectionError, fprAtTpr } from '@mode-ood/metrics'
import type { Results } from '@mode-ood/report'
import { writeSafetensors } from '@mode-ood/safetensors'
import { afterAll } from 'vitest'

/** A name that tries to break out of whatever it is written into. */
export const hostile: string = `<script>alert(1)</script>"'&amp;$&\`\u202E=cmd|' /C calc'!A0`

export interface RunArrangement {
  /** In the order of the table; the first separates best. */
  readonly scores?: readonly string[]
  readonly sets?: readonly string[]
  /** ID images, and images of every set. */
  readonly count?: number
  readonly seed?: string
  /** Added to the ID scores: how far the sides are apart. */
  readonly lead?: number
}

export interface ArrangedRun {
  readonly results: Results
  readonly raw: ReadonlyMap<string, Float64Array>
}

/** What an evaluation of normally distributed scores would have found. */
export function arrangeRun(arrangement: RunArrangement = {}): ArrangedRun {
  const {
    scores = ['csd', 'energy'],
    sets = ['near set', 'far set'],
    count = 60,
    seed = 'run',
    lead = 1.6,
  } = arrangement
  const random = createRandom(seed)
  const draw = (shift: number) => Float64Array.from({ length: count }, () => random.normal() + shift)
  const raw = new Map<string, Float64Array>()
  const groupOf = (i: number): 'near' | 'far' => (i % 2 === 0 ? 'near' : 'far')
  const measured = scores.map((name, s) => {
    const id = draw(lead - 0.4 * s)
    raw.set(`${name}/id`, id)
    const found = sets.map((set, i) => {
      const ood = draw(0)
      raw.set(`${name}/ood/${set}`, ood)
      return { name: set, group: groupOf(i), count, ...measure(id, ood) }
    })
    const plain = found.map(({ name: _, count: __, aurocInterval: ___, group, ...metrics }) => ({ group, metrics }))
    return { name, options: {}, sets: found, averages: { ...averageMetrics(plain) } }
  })
  const about = (name: string) => ({ name, count, hash: name, description: `folder, path ${name}`, skipped: [] })
  const results = {
    schemaVersion: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    idAccuracy: 0.9,
    model: { description: 'resnet', hash: 'h', classes: 10, inputSize: 32, mean: [0, 0, 0], std: [1, 1, 1] },
    id: { train: about('id.train'), test: about('id.test') },
    ood: sets.map((name, i) => ({ ...about(name), group: groupOf(i) })),
    scores: measured,
    timings: { total: 1.5 },
    environment: { modeOod: '0', node: '20', platform: 'linux', cpu: 'cpu', cores: 2, onnxruntime: '1' },
    warnings: ['only a fixture'],
  } as Results
  return { results, raw }
}

/** An empty directory for all tests of a file or a `describe`. */
export function sharedDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'mode-ood-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Writes the files of a run into `directory/name`. */
export function writeRun(directory: string, name: string, arrangement?: RunArrangement): ArrangedRun {
  const run = arrangeRun(arrangement)
  mkdirSync(join(directory, name), { recursive: true })
  for (const [file, content] of filesOf(run)) writeFileSync(join(directory, name, file), content)
  return run
}

/** The files of a run by their names. */
export function filesOf({ results, raw }: ArrangedRun): Map<string, string | Uint8Array> {
  const tensor = (data: Float64Array): Tensor => ({ dtype: 'F64', shape: [data.length], data })
  const tensors = new Map([...raw].map(([key, data]) => [key, tensor(data)]))
  return new Map<string, string | Uint8Array>([
    ['results.json', JSON.stringify(results)],
    ['scores.safetensors', writeSafetensors(tensors)],
  ])
}

function measure(id: Float64Array, ood: Float64Array) {
  const interval = aurocInterval(id, ood)
  return {
    auroc: auroc(id, ood),
    auprId: aupr(id, ood, { positive: 'id' }),
    auprOod: aupr(id, ood, { positive: 'ood' }),
    fpr95IdPositive: fprAtTpr(id, ood, { positive: 'id' }),
    fpr95OodPositive: fprAtTpr(id, ood, { positive: 'ood' }),
    fpr95Paper: fprAtTpr(id, ood, { positive: 'id', rule: 'paper' }),
    detectionError: detectionError(id, ood),
    aurocInterval: [interval[0], interval[1]] as const,
  }
}
