import type { Results, ScoredImages } from './index.ts'

/** A name that tries to break out of every format the report writes. */
export const hostile = `</script><img src=x onerror=alert(1)>"'&amp;$&\`\u202E\u001B[31m=cmd|' /C calc'!A0`

export interface Arrangement {
  readonly scores?: readonly string[]
  readonly sets?: readonly string[]
  /** Images of every set. */
  readonly count?: number
  readonly draw?: (side: 'id' | 'ood', image: number) => number
}

/** Results as an evaluation could have written them, with the raw scores behind them; metrics are made up. */
export function arrangeResults(arrangement: Arrangement = {}): { results: Results; scored: ScoredImages } {
  const { scores = ['csd', 'energy'], sets = ['near set', 'far set'], count = 40 } = arrangement
  const { draw = (side, image) => Math.sin(image) + (side === 'id' ? 0.8 : 0) } = arrangement
  const metrics = {
    auroc: 0.875,
    auprId: 0.9,
    auprOod: 0.8,
    fpr95IdPositive: 0.5,
    fpr95OodPositive: 0.25,
    fpr95Paper: 0.5,
    detectionError: 0.2,
  }
  const about = (name: string) => ({ name, count, hash: 'h', description: `folder, path ${name}`, skipped: [] })
  const group = (i: number) => (i % 2 === 0 ? 'near' : 'far')
  const groups = Object.fromEntries(sets.map((_, i) => [group(i), metrics]))
  const side = (name: 'id' | 'ood') => Float64Array.from({ length: count }, (_, image) => draw(name, image))
  const results: Results = {
    schemaVersion: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    idAccuracy: 0.9,
    model: { description: 'resnet', hash: 'h', classes: 10, inputSize: 32, mean: [0, 0, 0], std: [1, 1, 1] },
    id: { train: about('id.train'), test: about('id.test') },
    ood: sets.map((name, i) => ({ ...about(name), group: group(i) })),
    scores: scores.map((name, i) => {
      const auroc = 0.875 - i / 100
      const result = (set: string, s: number) => ({ ...metrics, auroc, name: set, group: group(s), count })
      return {
        name,
        options: {},
        sets: sets.map((set, s) => ({ ...result(set, s), aurocInterval: [0.7, 0.95] as const })),
        averages: Object.fromEntries(
          [...Object.keys(groups), 'all'].map((key) => [key, { ...metrics, auroc }]),
        ) as Results['scores'][number]['averages'],
      }
    }),
    timings: { total: 1.5 },
    environment: { modeOod: '0', node: '20', platform: 'linux', cpu: 'cpu', cores: 2, onnxruntime: '1' },
    warnings: [],
  }
  const id = side('id')
  const ood = new Map(sets.map((name) => [name, side('ood')]))
  return { results, scored: { scores: new Map(scores.map((name) => [name, { id, ood }])) } }
}
