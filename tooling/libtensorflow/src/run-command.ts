import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { type BackendName, findNativePackage, prepareBackend } from '@mode-ood/backend'
import { parseOptions } from '@mode-ood/command'
import { InvalidOptionError, ModeOodError } from '@mode-ood/core'
import { compileBinding } from './compile-binding.ts'
import { measureSpeed } from './measure-speed.ts'
import { openWheel, type Wheel } from './open-wheel.ts'
import { placeTensorFlow } from './place-tensorflow.ts'

const { version } = createRequire(import.meta.url)('@tensorflow/tfjs-core/package.json') as { version: string }

const help = `npm run libtensorflow -- --wheel FILE [options]

Puts a native package of TensorFlow.js on the TensorFlow of a Python wheel: its libraries and headers go into the package, and
the binding to Node is compiled by g++ (or CXX). Linux. Nothing is downloaded:

  pip download --no-deps tensorflow-cpu==2.21.*     for tfjs-node
  pip download --no-deps tensorflow==2.21.*         for tfjs-node-gpu
  npm install --ignore-scripts @tensorflow/tfjs-node@${version}

  --wheel FILE     the wheel
  --package NAME   tfjs-node or tfjs-node-gpu (by the wheel: tensorflow-cpu or tensorflow)
  --project DIR    where the package is installed (the current folder)
  --measure        instead: training with what is there beside the ONNX engine, in turns, images a second; --wheel is not needed
  --help
`

const options = {
  wheel: { type: 'string' },
  package: { type: 'string' },
  project: { type: 'string' },
  measure: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Runs the command line. @throws ModeOodError for what a person can mend. */
export async function runCommand(args: readonly string[], print: (line: string) => void): Promise<void> {
  const given = parseOptions(args, options)
  if (given.help) return print(help.trimEnd())
  const project = resolve(given.project ?? '.')
  if (given.measure) {
    const name = packageName(given.package ?? 'tfjs-node')
    await prepareBackend({ prefer: name, folders: [project] })
    return measureSpeed(name, print)
  }
  if (given.wheel === null) throw new InvalidOptionError('--wheel FILE is missing, see --help')
  const wheel = await openWheel(resolve(given.wheel))
  try {
    checkPlatform(wheel)
    const name = packageName(given.package ?? (wheel.distribution === 'tensorflow' ? 'tfjs-node-gpu' : 'tfjs-node'))
    const { directory, library } = findPackage(name, project)
    print(`TensorFlow ${wheel.version} goes into ${directory}`)
    await placeTensorFlow(wheel, directory)
    print('compiling the binding')
    await compileBinding(directory, library)
    const { summary } = await prepareBackend({ prefer: name, folders: [project] })
    print(`it computes: ${summary}`)
  } finally {
    await wheel.close()
  }
}

function packageName(name: string): Extract<BackendName, `tfjs-${string}`> {
  if (name === 'tfjs-node' || name === 'tfjs-node-gpu') return name
  throw new InvalidOptionError(`--package is tfjs-node or tfjs-node-gpu, not ${name}`)
}

function checkPlatform({ platform }: Wheel): void {
  const here = `${process.platform}-${process.arch}`
  if (process.platform !== 'linux') throw new ModeOodError(`this works on Linux only, and here is ${here}`)
  if (platform !== here) throw new InvalidOptionError(`--wheel is one for ${platform}, and here is ${here}`)
}

function findPackage(name: string, project: string): { directory: string; library: string } {
  const found = findNativePackage(`@tensorflow/${name}`, [project])
  if (found) return found
  throw new ModeOodError(`${project}: npm install --ignore-scripts @tensorflow/${name}@${version} has to come first`)
}
