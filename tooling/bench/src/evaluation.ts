import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureProcess, type Measured } from './measure-process.ts'
import { pythonScript } from './python-peer.ts'
import type { Settings } from './settings.ts'
import { median, spread } from './statistics.ts'

/** AUROC of every score and set: `csd tin_a` → 0.88. */
type Aurocs = Map<string, number>

interface Run extends Measured {
  readonly aurocs: Aurocs
  readonly stages: Record<string, number>
}

const largestDifference = 1e-3

/**
 * The whole evaluation of a ResNet-20 on real data, from starting the process to its end: ours against PyTorch, faiss and
 * scikit-learn, in turns. Both must find the same AUROC.
 */
export async function benchmarkEvaluation({ repository, data, python, rounds, print }: Settings): Promise<void> {
  if (!data) {
    print('evaluation: skipped, since there is no real data (MODE_OOD_DATA names the folder)')
    return
  }
  const ours: Run[] = []
  const theirs: Run[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(await runOurs(repository))
    if (!python) continue
    theirs.push(await runTheirs(python, data))
    check(ours[round]!.aurocs, theirs[round]!.aurocs)
  }
  print('evaluation of cifar-resnet20: csd, knn, msp, max-logit and energy on test_a, tin_a, dtd_a and mnist')
  report('mode-ood', ours, print)
  if (!python) return
  report('PyTorch + faiss + scikit-learn', theirs, print)
  const ratios = theirs.map(({ seconds }, round) => seconds / ours[round]!.seconds)
  print(`  mode-ood is ${spread(ratios, 2)} times as fast`)
}

async function runOurs(repository: string): Promise<Run> {
  const output = mkdtempSync(join(tmpdir(), 'mode-ood-bench-'))
  try {
    const main = join(repository, 'apps/evaluate/dist/main.js')
    const config = join(repository, 'examples/cifar10/resnet20.yaml')
    const options = ['--config', config, '--output', output, '--no-cache', '--scores', 'csd,knn,msp,max-logit,energy']
    const measured = await measureProcess(process.execPath, [main, ...options])
    const results = JSON.parse(readFileSync(join(output, 'results.json'), 'utf8')) as {
      scores: { name: string; sets: { name: string; auroc: number }[] }[]
      timings: Record<string, number>
    }
    const aurocs = results.scores.flatMap(({ name, sets }) => sets.map((set) => [`${name} ${set.name}`, set.auroc]))
    return { ...measured, aurocs: new Map(aurocs as [string, number][]), stages: results.timings }
  } finally {
    rmSync(output, { recursive: true })
  }
}

async function runTheirs(python: string, data: string): Promise<Run> {
  const measured = await measureProcess(python, [pythonScript('evaluate_reference.py'), '--data', data])
  const { results, seconds } = JSON.parse(measured.stdout) as {
    results: Record<string, Record<string, { auroc: number }>>
    seconds: Record<string, number>
  }
  const aurocs: Aurocs = new Map()
  for (const [name, sets] of Object.entries(results)) {
    for (const [set, { auroc }] of Object.entries(sets)) aurocs.set(`${name} ${set}`, auroc)
  }
  return { ...measured, aurocs, stages: seconds }
}

function check(ours: Aurocs, theirs: Aurocs): void {
  for (const [what, expected] of theirs) {
    const found = ours.get(what) ?? Number.NaN
    if (!(Math.abs(found - expected) < largestDifference)) {
      throw new Error(`AUROC of ${what}: ${found} here, ${expected} in PyTorch`)
    }
  }
}

function report(name: string, runs: readonly Run[], print: Settings['print']): void {
  const seconds = runs.map((run) => run.seconds)
  const peaks = runs.flatMap((run) => run.peakMebibytes ?? [])
  const memory = peaks.length > 0 ? `, at most ${spread(peaks, 0)} MiB` : ''
  print(`  ${name}: ${spread(seconds, 1)} s${memory}`)
  const stages = Object.keys(runs[0]!.stages).filter((stage) => stage !== 'total')
  const shown = stages.map((stage) => [stage, median(runs.map((run) => run.stages[stage] ?? 0))] as const)
  print(`    ${shown.map(([stage, time]) => `${stage} ${time.toFixed(1)}`).join(', ')}`)
}
