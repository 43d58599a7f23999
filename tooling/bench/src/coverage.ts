import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Score } from '@mode-ood/core'
import { openDataset } from '@mode-ood/data'
import { measureCoverage, type Coverage } from '@mode-ood/detector'
import { openModel } from '@mode-ood/inference'
import { energy, msp } from '@mode-ood/scores'
import { coveragePlot } from './coverage-plot.ts'
import type { Settings } from './settings.ts'

const rates = [0.01, 0.05, 0.1]
const calibrationCount = 1000
const normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const

/** One promise, tried. */
export interface CoverageRow {
  readonly score: string
  readonly falseAlarmRate: number
  readonly confidence: number | null
  readonly coverage: Coverage
}

/** False alarms of detectors over 200 random splits of real ID scores; writes docs/detector-coverage.svg. */
export async function studyCoverage({ repository, data, print }: Settings): Promise<void> {
  if (data === null) {
    print('coverage: needs the real data (MODE_OOD_DATA, see docs/data.md)')
    return
  }
  const rows: CoverageRow[] = []
  for (const [name, scores] of await scoresOf([energy(), msp()], data)) {
    print(`${name}: ${scores.length} images of CIFAR-10's test set, ${calibrationCount} of them calibrate`)
    for (const falseAlarmRate of rates) {
      for (const confidence of [null, 0.95]) {
        const promise = { falseAlarmRate, ...(confidence !== null && { confidence }) }
        const coverage = measureCoverage(scores, { ...promise, calibrationCount })
        rows.push({ score: name, falseAlarmRate, confidence, coverage })
        print(describe(rows.at(-1)!))
      }
    }
  }
  const file = join(repository, 'docs/detector-coverage.svg')
  writeFileSync(file, coveragePlot(rows))
  print(`plot: ${file}`)
}

/** Scores that learn nothing, of all images, from one pass of the network. */
async function scoresOf(scores: readonly Score<'logits'>[], data: string): Promise<Map<string, Float64Array>> {
  const checkpoint = join(data, 'models/resnet20_cifar10.safetensors')
  const model = await openModel({ architecture: 'cifar-resnet20', checkpoint, classes: 10 })
  const config = { format: 'cifar10' as const, files: [join(data, 'cifar10/test_a.bin')] }
  const set = await openDataset(config, { name: 'id.test', baseDirectory: data, imageSize: 32 })
  const found = scores.map((): number[] => [])
  for await (const batch of set.batches({ batchSize: 512 })) {
    const outputs = await model.run({ ...batch, normalization }, { outputs: ['logits'] })
    for (const [i, score] of scores.entries()) found[i]!.push(...(await score.score(outputs)))
  }
  await model.close()
  return new Map(scores.map(({ name }, i) => [name, Float64Array.from(found[i]!)]))
}

function describe({ falseAlarmRate, confidence, coverage: { mean, standardError, exceeded } }: CoverageRow): string {
  const promise = `${percent(falseAlarmRate)} ${confidence === null ? 'on average' : `with confidence ${percent(confidence)}`}`
  return `  ${promise.padEnd(26)} mean ${percent(mean)} ± ${percent(standardError)}; above it in ${percent(exceeded)} of 200 splits`
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`
