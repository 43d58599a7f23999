import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRandom } from '@mode-ood/core'
import { createGraph } from '@mode-ood/onnx-graph'
import { captureCommand, execute, type Outcome } from '@mode-ood/testing'
import sharp from 'sharp'
import { runCommand } from './run-command.ts'

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
export const spawnCommand = (...args: string[]): Promise<Outcome> =>
  execute(process.execPath, [...nodeArguments, ...args])

// Test files share this module, so that the folder stays to the end of the process.
const directory = mkdtempSync(join(tmpdir(), 'mode-ood-'))
process.on('exit', () => rmSync(directory, { recursive: true, force: true }))

/** One convolution on images of 8 x 8, pooled to 9 numbers; the class is the colour that stands out. */
function writeModel(file: string): void {
  const random = createRandom('small model')
  const graph = createGraph()
  const images = graph.input('images', 'float32', ['n', 3, 8, 8])
  const kernel = Float32Array.from({ length: 9 * 27 }, (_, at) => {
    const [filter, channel] = [Math.floor(at / 27), Math.floor(at / 9) % 3]
    return (filter % 3 === channel ? 0.2 : -0.1) + 0.02 * random.normal()
  })
  const head = Float32Array.from({ length: 27 }, (_, at) => Number(Math.floor(at / 3) % 3 === at % 3))
  const map = graph.node('Relu', [
    graph.node('Conv', [images, graph.constant(kernel, [9, 3, 3, 3])], { kernel_shape: [3, 3] }),
  ])
  const flat = graph.node('Flatten', [graph.node('GlobalAveragePool', [map])], { axis: 1 })
  graph.output(graph.node('Gemm', [flat, graph.constant(head, [9, 3])], {}, { name: 'logits' }), 'float32')
  writeFileSync(file, graph.encode())
}

type ImageKind = 'coloured' | 'grey'

interface DrawOptions {
  readonly width?: number
  readonly height?: number
  readonly type?: 'png' | 'jpeg'
}

/** An image file of 8 x 8 or more: one colour that stands out, as the small model knows, or grey; grainy. */
export function drawImage(kind: ImageKind, seed: string | number, options: DrawOptions = {}): Promise<Buffer> {
  const { width = 8, height = 8, type = 'png' } = options
  const random = createRandom(`${kind} ${seed}`)
  const bright = random.integer(3)
  const colour = [0, 1, 2].map((channel) =>
    kind === 'grey' ? 150 : (channel === bright ? 150 : 0) + random.integer(50),
  )
  const data = Uint8Array.from({ length: 192 }, (_, at) => colour[at % 3]! + random.integer(40))
  const image = sharp(data, { raw: { width: 8, height: 8, channels: 3 } })
  return image.resize(width, height, { kernel: 'nearest', fit: 'fill' })[type]().toBuffer()
}

let written: Promise<string> | undefined

/** A folder with a model, images and `detector.json`, the configuration of a detector of seconds; made once. */
export function smallProject(): Promise<string> {
  return (written ??= writeProject())
}

async function writeProject(): Promise<string> {
  writeModel(join(directory, 'small.onnx'))
  for (const [set, kind, count] of [
    ['train', 'coloured', 30],
    ['calibration', 'coloured', 60],
    ['known', 'coloured', 5],
    ['grey', 'grey', 3],
  ] as const) {
    mkdirSync(join(directory, set))
    for (let i = 0; i < count; i++) {
      // Of several sizes and types, as folders of people are.
      const size = set === 'known' ? { width: 24 + 8 * i, height: 16, type: 'jpeg' as const } : {}
      writeFileSync(
        join(directory, set, `${i}.${set === 'known' ? 'jpg' : 'png'}`),
        await drawImage(kind, `${set} ${i}`, size),
      )
    }
  }
  writeConfiguration()
  return directory
}

/** Writes a configuration of the small project with changes, and gives its path. */
export function writeConfiguration(change: object = {}, name = 'detector.json'): string {
  const file = join(directory, name)
  const folder = (path: string) => ({ format: 'folder', path })
  const configuration = {
    model: { onnx: 'small.onnx', mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    id: { train: folder('train'), calibration: folder('calibration') },
    score: { name: 'csd', k: 2 },
    falseAlarmRate: 0.02,
    ...change,
  }
  writeFileSync(file, JSON.stringify(configuration))
  return file
}

let fitted: Promise<string> | undefined

/** The detector of the small project, fitted once; gives its directory. */
export function smallDetector(): Promise<string> {
  return (fitted ??= fitSmall())
}

async function fitSmall(): Promise<string> {
  const output = join(await smallProject(), 'fitted')
  const { code, stderr } = await run('fit', '--config', writeConfiguration(), '--output', output, '--threads', '1')
  if (code !== 0) throw new Error(`the small detector was not fitted: ${stderr}`)
  return output
}
