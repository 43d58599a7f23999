import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeImageBytes } from '@mode-ood/data'
import type { Detector } from '@mode-ood/detector'
import { openDetector } from '@mode-ood/detector/node'
import { measureProcess } from './measure-process.ts'
import type { Settings } from './settings.ts'
import { median, spread } from './statistics.ts'

const clients = 8
const imagesPerRequest = 16
/** Of a turn. */
const seconds = 4
const requestsForMemory = 10_000

/**
 * `detect serve` under 8 clients beside the detector alone, on images that are decoded already: images a second in turns, on as many
 * threads. Then 10,000 requests of one image: the 99th percentile of the time to an answer, and the server's memory on the way.
 */
export async function benchmarkServer({ repository, data, rounds, print }: Settings): Promise<void> {
  const folder = data && join(data, 'cifar10_jpeg')
  if (!folder || !existsSync(folder)) {
    print('serve: needs the real data (MODE_OOD_DATA, see docs/data.md)')
    return
  }
  const directory = mkdtempSync(join(tmpdir(), 'mode-ood-bench-'))
  try {
    const place = join(directory, 'detector')
    const main = join(repository, 'apps/detect/dist/main.js')
    const config = join(repository, 'examples/cifar10/detector.yaml')
    await measureProcess(process.execPath, [main, 'fit', '--config', config, '--output', place, '--limit', '1000'])
    const files = readFiles(folder, 256)
    const detector = await openDetector(place)
    const server = await startServer([main, 'serve', place, '--port', '0'])
    try {
      await compare({ detector, url: server.url, files, rounds, print })
      await watchMemory(server.url, files, print)
    } finally {
      server.process.kill('SIGTERM')
      await once(server.process, 'exit')
      await detector.close()
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

interface Comparison extends Pick<Settings, 'rounds' | 'print'> {
  readonly detector: Detector
  readonly url: string
  readonly files: readonly Uint8Array[]
}

async function compare({ detector, url, files, rounds, print }: Comparison): Promise<void> {
  const batch = await decodeAll(files.slice(0, 64))
  const bare: number[] = []
  const served: number[] = []
  const alone = () => rate(1, seconds, async () => (await detector.detect(batch)).length)
  const through = () =>
    rate(
      clients,
      seconds,
      async (turn) => (await post(url, pick(files, turn * imagesPerRequest, imagesPerRequest))).images,
    )
  await alone()
  await through()
  for (let round = 0; round < rounds; round++) {
    bare.push(await alone())
    served.push(await through())
  }
  const ratios = served.map((value, i) => value / bare[i]!)
  print(`serve: csd on cifar-resnet20, ${clients} clients, ${imagesPerRequest} images a request`)
  print(
    `  the detector alone ${median(bare).toFixed(0)} images a second, served ${median(served).toFixed(0)}: ${spread(ratios, 2)}`,
  )
}

async function watchMemory(url: string, files: readonly Uint8Array[], print: Settings['print']): Promise<void> {
  const latencies: number[] = []
  const memory = [await residentMegabytes(url)]
  for (let part = 0; part < 10; part++) {
    let left = requestsForMemory / 10
    const client = async () => {
      while (left-- > 0) latencies.push((await post(url, pick(files, latencies.length, 1))).milliseconds)
    }
    await Promise.all(Array.from({ length: clients }, client))
    memory.push(await residentMegabytes(url))
    print(`  after ${latencies.length} requests ${memory.at(-1)} MB`)
  }
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.floor(share * (latencies.length - 1))]!.toFixed(1)
  print(
    `  ${latencies.length} requests of one image by ${clients} clients: median ${at(0.5)} ms, 99th percentile ${at(0.99)} ms`,
  )
  print(`  resident memory before ${memory[0]} MB, after ${memory.at(-1)} MB`)
}

/** Images a second of so many loops at once. */
async function rate(loops: number, length: number, work: (turn: number) => Promise<number>): Promise<number> {
  const began = performance.now()
  let images = 0
  let turn = 0
  const loop = async () => {
    while (performance.now() - began < length * 1000) images += await work(turn++)
  }
  await Promise.all(Array.from({ length: loops }, loop))
  return (images / (performance.now() - began)) * 1000
}

async function post(url: string, images: readonly Uint8Array[]): Promise<{ images: number; milliseconds: number }> {
  const began = performance.now()
  const form = new FormData()
  for (const image of images) form.append('images', new Blob([new Uint8Array(image)]), 'image.jpg')
  const single = { headers: { 'content-type': 'image/jpeg' }, body: new Uint8Array(images[0]!) }
  const response = await fetch(`${url}/detect`, { method: 'POST', ...(images.length === 1 ? single : { body: form }) })
  const { detections } = (await response.json()) as { detections: unknown[] }
  return { images: detections.length, milliseconds: performance.now() - began }
}

async function residentMegabytes(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Math.round(Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)![1]) / 1e6)
}

async function startServer(args: readonly string[]): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { process: child, url: /http:\S+/.exec(String(line))![0] }
}

function readFiles(folder: string, count: number): Uint8Array[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jpg'))
  return names.slice(0, count).map((name) => new Uint8Array(readFileSync(join(folder, name))))
}

async function decodeAll(files: readonly Uint8Array[]): Promise<Parameters<Detector['detect']>[0]> {
  const pixels = await Promise.all(files.map((bytes) => decodeImageBytes(bytes, { name: 'image' })))
  const [{ width, height }] = pixels as [(typeof pixels)[number]]
  const data = Uint8Array.from(pixels.flatMap((image) => [...image.data]))
  return { count: pixels.length, width, height, data }
}

const pick = (files: readonly Uint8Array[], from: number, count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => files[(from + i) % files.length]!)
