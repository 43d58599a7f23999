import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The whole evaluation of ResNet-20 on real data, ours and PyTorch + faiss + scikit-learn in turn; prints medians and ratio.
 * Python is what `--python` or MODE_OOD_PYTHON names; without it only ours runs and no ratio is given.
 */
const repository = fileURLToPath(new URL('../../../', import.meta.url))
const data = process.env['MODE_OOD_DATA'] ?? join(repository, '../shared/data')
const args = process.argv.slice(2)
const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined)
const python = option('--python') ?? process.env['MODE_OOD_PYTHON']
const rounds = Number(option('--rounds') ?? 3)

const ours: number[] = []
const theirs: number[] = []
for (let round = 0; round < rounds; round++) {
  ours.push(timeOurs())
  if (python) theirs.push(timeTheirs(python))
}
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
const print = (line: string) => process.stdout.write(`${line}\n`)
print(`${cpus().length} x ${cpus()[0]?.model ?? 'cpu'}, node ${process.versions.node}`)
print(`mode-ood: median ${median(ours).toFixed(1)} s of ${ours.map((seconds) => seconds.toFixed(1)).join(', ')}`)
if (python) {
  print(`PyTorch:  median ${median(theirs).toFixed(1)} s of ${theirs.map((seconds) => seconds.toFixed(1)).join(', ')}`)
  print(`mode-ood is ${(median(theirs) / median(ours)).toFixed(2)} times as fast`)
} else print('no Python was named (--python PATH), so there is nothing to compare with')

function timeOurs(): number {
  const output = mkdtempSync(join(tmpdir(), 'mode-ood-bench-'))
  const config = join(repository, 'examples/cifar10/resnet20.yaml')
  const main = join(repository, 'apps/evaluate/dist/main.js')
  const command = [main, '--config', config, '--output', output, '--no-cache', '--scores', 'csd,knn,msp,energy']
  const seconds = time(process.execPath, command)
  JSON.parse(readFileSync(join(output, 'results.json'), 'utf8'))
  rmSync(output, { recursive: true, force: true })
  return seconds
}

function timeTheirs(program: string): number {
  const script = fileURLToPath(new URL('../python/evaluate_reference.py', import.meta.url))
  return time(program, [script, '--data', data])
}

function time(program: string, command: readonly string[]): number {
  const began = performance.now()
  const { status, stderr } = spawnSync(program, command, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${command[0]} failed: ${stderr.slice(-500)}`)
  return (performance.now() - began) / 1000
}
