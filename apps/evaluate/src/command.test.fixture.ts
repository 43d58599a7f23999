import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRandom } from '@mode-ood/core'
import { createGraph } from '@mode-ood/onnx-graph'
import { captureCommand, execute, type Outcome, temporaryDirectory } from '@mode-ood/testing'
import sharp from 'sharp'
import { afterAll, beforeAll } from 'vitest'
import { runCommand } from './run-command.ts'

export { execute, type Outcome }

/** The command in this process, with what it writes collected. */
export const run = (...args: string[]): Promise<Outcome> => captureCommand(runCommand, args)

/** Arguments of node that run the command from its sources. */
export const nodeArguments: readonly string[] = [
  '--import',
  'tsx',
  '--conditions=@mode-ood/source',
  fileURLToPath(new URL('./main.ts', import.meta.url)),
]

/** The command as a person runs it, in a process of its own. */
export function spawnCommand(...args: string[]): Promise<Outcome> {
  return execute(process.execPath, [...nodeArguments, ...args])
}

/** Four classes of images, eight of each, in folders of their own; `side` pixels wide and high. */
async function writeImages(directory: string, seed: string, side = 8): Promise<void> {
  const random = createRandom(seed)
  for (let label = 0; label < 4; label++) {
    const folder = join(directory, `class-${label}`)
    mkdirSync(folder, { recursive: true })
    for (let i = 0; i < 8; i++) {
      const data = Uint8Array.from({ length: side * side * 3 }, () => random.integer(256))
      await sharp(data, { raw: { width: side, height: side, channels: 3 } }).toFile(join(folder, `${i}.png`))
    }
  }
}

/** One convolution with random weights on images of 8 x 8, pooled to 8 numbers and 4 classes; `weight` replaces one. */
export function writeModel(file: string, weight?: number): void {
  const random = createRandom('tiny model')
  const values = (length: number) => Float32Array.from({ length }, () => random.normal())
  const graph = createGraph()
  const images = graph.input('images', 'float32', ['n', 3, 8, 8])
  const kernel = values(8 * 27)
  if (weight !== undefined) kernel[5] = weight
  const convolved = graph.node('Conv', [images, graph.constant(kernel, [8, 3, 3, 3])], { kernel_shape: [3, 3] })
  const pooled = graph.node('GlobalAveragePool', [graph.node('Relu', [convolved])])
  const flat = graph.node('Flatten', [pooled], { axis: 1 })
  graph.output(graph.node('Gemm', [flat, graph.constant(values(32), [8, 4])], {}, { name: 'logits' }), 'float32')
  writeFileSync(file, graph.encode())
}

export type Configuration = Record<string, unknown>

/** A small evaluation whose model and images lie in `directory`; JSON, so that tests can change any part. */
export function smallConfiguration(directory: string): Configuration & { model: object; id: object; ood: object[] } {
  const folder = (name: string) => ({ format: 'folder', path: join(directory, name) })
  return {
    model: { onnx: join(directory, 'tiny.onnx'), mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    id: { train: folder('train'), test: folder('test') },
    ood: [{ name: 'other', group: 'near', ...folder('other') }],
    scores: ['msp', { name: 'knn', k: 3 }],
  }
}

/** Writes the model and the images that {@link smallConfiguration} names. */
async function writeSmallEvaluation(directory: string): Promise<void> {
  writeModel(join(directory, 'tiny.onnx'))
  for (const set of ['train', 'test', 'other']) await writeImages(join(directory, set), set)
}

/** A directory with the files of {@link writeSmallEvaluation} for all tests of a file. */
export function smallEvaluation(): string {
  const directory = mkdtempSync(join(tmpdir(), 'mode-ood-'))
  beforeAll(() => writeSmallEvaluation(directory))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** What of a run is wrong: parts of the configuration, or the text of its file, or arguments. */
export interface Wrong {
  readonly change?: Configuration
  readonly text?: string | Uint8Array
  readonly args?: readonly string[]
}

/** A name, what is wrong (made in a directory of its own), the exit code and the sentence. */
export type Refusal = readonly [name: string, wrong: (directory: string) => Wrong, code: number, sentence: RegExp]

/**
 * Runs the good configuration with one thing wrong: the exit code and the sentence.
 *
 * @throws Error when what the command says is not one sentence, or shows its code.
 */
export async function refusalOf(
  base: Configuration,
  wrong: Refusal[1],
  command: (...args: string[]) => Promise<Outcome> = run,
): Promise<[code: number, sentence: string]> {
  const directory = temporaryDirectory()
  const { change, text, args = [] } = wrong(directory)
  const config = join(directory, 'evaluate.json')
  writeFileSync(config, text ?? JSON.stringify({ ...base, ...change }))
  const given = ['--config', config, '--output', join(directory, 'out'), '--cache', join(directory, 'cache')]
  const { code, stderr } = await command(...given, '--threads', '1', ...args)
  const sentences = stderr.split('\n').filter((line) => line.startsWith('error: '))
  const clean = sentences.length === 1 && stderr.endsWith(`${sentences[0]}\n`)
  if (!clean || /\n\s+at |\(unexpected|undefined|\[object/.test(stderr)) throw new Error(`not one sentence: ${stderr}`)
  return [code, sentences[0]!.slice('error: '.length)]
}
