// Started by the benchmark of the bank: answers requests on standard input, one JSON object a line, until it closes.
//   { build: { file, dimension, precision } }             the bank, from raw float32, ready to be searched
//   { save: { file, directory, dimension } }              the same on disk, piece by piece
//   { open: { directory, memoryBudget } }                 a saved bank within so many bytes
//   { search: { file, rows, k } }                         the k-th distances of the first rows of a file of queries
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { createMatrix } from '@mode-ood/core'
import {
  createFeatureBank,
  openFeatureBank,
  type FeatureBankOptions,
  type LocalFeatureBank,
} from '@mode-ood/feature-bank'

const threads = 2
const pieceRows = 16_384

interface Request {
  readonly build?: {
    readonly file: string
    readonly dimension: number
    readonly precision: FeatureBankOptions['precision']
  }
  readonly save?: {
    readonly file: string
    readonly dimension: number
    readonly directory: string
    readonly times: number
  }
  readonly open?: { readonly directory: string; readonly memoryBudget: number }
  readonly search?: { readonly file: string; readonly rows: number; readonly k: number }
}

let bank: LocalFeatureBank | undefined

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as Request))}\n`)
}
await bank?.close()

async function answer({ build, save, open, search }: Request): Promise<object> {
  const began = performance.now()
  const since = () => (performance.now() - began) / 1000
  if (build) {
    await bank?.close()
    bank = await createFeatureBank({ precision: build.precision, threads })
    await addFile(bank, build.file, build.dimension)
    const added = since()
    // The first search prepares the vectors.
    await bank.kthDistance(createMatrix(1, build.dimension), 1)
    return { seconds: since() - added, peakMebibytes: peak() }
  }
  if (save) {
    for (let time = 0; time < save.times; time++) {
      // Opened anew each time, so that memory holds one copy at most.
      const writer =
        time === 0
          ? await createFeatureBank({ threads: 0 })
          : await openFeatureBank(save.directory, { threads: 0, memoryBudget: 2 ** 22 })
      await addFile(writer, save.file, save.dimension)
      await writer.save(save.directory)
      await writer.close()
    }
    return { seconds: since() }
  }
  if (open) {
    bank = await openFeatureBank(open.directory, { threads, memoryBudget: open.memoryBudget })
    const opened = since()
    await bank.kthDistance(createMatrix(1, bank.dimension), 1)
    return { openSeconds: opened, prepareSeconds: since() - opened, size: bank.size, peakMebibytes: peak() }
  }
  const { dimension } = bank!
  const bytes = readFileSync(search!.file).subarray(0, search!.rows * dimension * 4)
  const queries = createMatrix(search!.rows, dimension, new Float32Array(new Uint8Array(bytes).buffer))
  const start = performance.now()
  const distances = await bank!.kthDistance(queries, search!.k)
  const seconds = (performance.now() - start) / 1000
  return { seconds, distances: [...distances], peakMebibytes: peak(), stats: bank!.stats() }
}

async function addFile(target: LocalFeatureBank, path: string, dimension: number): Promise<void> {
  const file = openSync(path, 'r')
  const piece = Buffer.alloc(pieceRows * dimension * 4)
  try {
    for (let length = readSync(file, piece); length > 0; length = readSync(file, piece)) {
      const rows = Math.floor(length / 4 / dimension)
      await target.add(
        createMatrix(rows, dimension, new Float32Array(piece.buffer, piece.byteOffset, rows * dimension)),
      )
    }
  } finally {
    closeSync(file)
  }
}

/** Largest resident memory so far, as the kernel counts it. */
function peak(): number {
  return process.resourceUsage().maxRSS / 1024
}
