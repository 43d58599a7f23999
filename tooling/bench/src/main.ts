import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { benchmarkAlpa } from './alpa.ts'
import { benchmarkEvaluation } from './evaluation.ts'
import { studyCoverage } from './coverage.ts'
import { benchmarkFeatureBank } from './feature-bank.ts'
import { benchmarkInference } from './inference.ts'
import { makePython } from './make-python.ts'
import { benchmarkMetrics } from './metrics.ts'
import { benchmarkServer } from './serve.ts'
import type { Settings } from './settings.ts'
import { benchmarkTraining } from './training.ts'

const benchmarks: Record<string, (settings: Settings) => Promise<void>> = {
  inference: benchmarkInference,
  'feature-bank': benchmarkFeatureBank,
  metrics: benchmarkMetrics,
  evaluation: benchmarkEvaluation,
  training: benchmarkTraining,
  alpa: benchmarkAlpa,
  coverage: studyCoverage,
  serve: benchmarkServer,
}

const usage = `npm run bench -- [${Object.keys(benchmarks).join(' | ')}]... [options]

Measures mode-ood beside PyTorch, faiss and scikit-learn, both sides in turns; all benchmarks when none is named.

  --python PATH      Python with the packages of tooling/bench/python/requirements.txt (or MODE_OOD_PYTHON)
  --make-python DIR  makes such a Python in DIR first (pip downloads about 250 MB)
  --rounds N         turns of each side (5)
  --only TEXT        of training: only rows with TEXT in their title, for example cifar-resnet18
  --only PART,...    parts of feature-bank: uniform, clustered, tight, features, float32, larger-than-memory
  --vectors N --dimension N --queries N,...   its sizes (300000, 512; 6,64,1024,6000)
  --gigabytes N      size of its bank that is larger than its memory (5)
  --directory DIR    where it writes its files
  --help`

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const print = (line: string): void => void process.stdout.write(`${line}\n`)

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      python: { type: 'string' },
      'make-python': { type: 'string' },
      rounds: { type: 'string', default: '5' },
      only: { type: 'string' },
      vectors: { type: 'string', default: '300000' },
      dimension: { type: 'string', default: '512' },
      queries: { type: 'string', default: '6,64,1024,6000' },
      gigabytes: { type: 'string', default: '5' },
      directory: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    print(usage)
    return
  }
  const unknown = positionals.find((name) => !Object.hasOwn(benchmarks, name))
  if (unknown !== undefined)
    throw new Error(`no benchmark "${unknown}": there are ${Object.keys(benchmarks).join(', ')}`)
  const rounds = readCount('rounds', values.rounds)
  const gigabytes = Number(values.gigabytes)
  if (!(gigabytes > 0)) throw new Error(`--gigabytes must be more than 0, not ${values.gigabytes}`)
  const bank = {
    vectors: readCount('vectors', values.vectors),
    dimension: readCount('dimension', values.dimension),
    queries: values.queries.split(',').map((text) => readCount('queries', text)),
    gigabytes,
    directory: values.directory ?? null,
  }
  const made = values['make-python']
  const python = made ? makePython(resolve(made)) : (values.python ?? process.env['MODE_OOD_PYTHON'] ?? null)
  const folder = process.env['MODE_OOD_DATA'] ?? join(repository, '../shared/data')
  const data = existsSync(folder) ? folder : null

  print(await describeMachine(python))
  for (const name of positionals.length > 0 ? positionals : Object.keys(benchmarks)) {
    print('')
    await benchmarks[name]!({ repository, data, python, rounds, only: values.only ?? null, bank, print })
  }
}

function readCount(name: string, text: string): number {
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`--${name} must be 1 or more, not ${text}`)
  return count
}

async function describeMachine(python: string | null): Promise<string> {
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], { cwd: repository, encoding: 'utf8' }).trim()
  const { env } = await import('onnxruntime-node')
  const lines = [
    `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores; commit ${commit}`,
    `node ${process.versions.node}, onnxruntime ${env.versions.node ?? env.versions.common}`,
  ]
  if (python) {
    const names = ['torch', 'faiss-cpu', 'scikit-learn', 'numpy']
    const code = `import sys, importlib.metadata as m; print("python", sys.version.split()[0], *[f"{n} {m.version(n)}" for n in ${JSON.stringify(names)}])`
    lines.push(execFileSync(python, ['-c', code], { encoding: 'utf8' }).trim())
  } else lines.push('no Python was named (--python PATH or --make-python DIR): nothing to compare with')
  return lines.join('\n')
}
