import type { CommandContext } from '@mode-ood/command'
import { InvalidFileError } from '@mode-ood/core'
import { benjaminiHochberg, type Detection, type Detector } from '@mode-ood/detector'
import type { RunLine } from './command-line.ts'
import { explained, explanationLines } from './explained.ts'
import { listImages } from './list-images.ts'
import { createImageLoader, type ImageLoader } from './load-image.ts'
import { openSavedDetector } from './open-saved-detector.ts'

const batchSize = 64
/** Training images that `--explain` names. */
const neighbors = 5
/** Fewer images say little about drift. */
const enoughForDrift = 30

interface Judged {
  readonly file: string
  readonly detection: Detection
}

/** Exit code where something is out of distribution. */
const foundOod = 3

/** `detect run`: a line an image. An image that cannot be read is told of, and makes the exit code 1; the others are judged. */
export async function run(line: RunLine, { stdout, progress }: CommandContext): Promise<number> {
  const files = await listImages(line.images)
  const detector = await openSavedDetector(line.detector, line.threads)
  const all: Judged[] = []
  let unread = 0
  const write = ({ file, detection }: Judged) =>
    stdout.write(`${line.json ? toJson(file, detection) : toLine(file, detection)}\n`)
  try {
    const { score, fitted } = detector.parts
    if (line.explain && !fitted.explain) {
      progress.say(`  Note: score "${score.name}" compares with no training images: --explain has nothing to name`)
    }
    progress.start('images', files.length)
    for await (const batch of readBatches(files, createImageLoader(detector))) {
      for (const { message } of batch.unread) progress.say(`  ${message}`)
      unread += batch.unread.length
      const judged = await judge(detector, batch, line.explain)
      all.push(...judged)
      if (line.falseDiscoveryRate === null) for (const one of judged) write(one)
      progress.advance(batch.files.length + batch.unread.length)
    }
    const decided = line.falseDiscoveryRate === null ? all : decideTogether(all, line.falseDiscoveryRate)
    if (line.falseDiscoveryRate !== null) for (const one of decided) write(one)
    const ood = decided.filter(({ detection }) => detection.isOod).length
    progress.finish(
      `${all.length} images, ${ood} out of distribution${unread > 0 ? `, ${unread} could not be read` : ''}`,
    )
    warnOfDrift(detector, all, progress)
    return unread > 0 ? 1 : ood > 0 ? foundOod : 0
  } finally {
    await detector.close()
  }
}

interface Batch {
  readonly files: readonly string[]
  readonly images: ReturnType<ImageLoader['stack']>
  readonly unread: readonly InvalidFileError[]
}

/** Decodes the next batch while one is worked on. */
async function* readBatches(files: readonly string[], loader: ImageLoader): AsyncGenerator<Batch> {
  const load = async (start: number): Promise<Batch> => {
    const names = files.slice(start, start + batchSize)
    const loaded = await Promise.all(
      names.map((file) =>
        loader.loadFile(file).catch((error: unknown) => {
          if (error instanceof InvalidFileError) return error
          throw error
        }),
      ),
    )
    return {
      files: names.filter((_, i) => loaded[i] instanceof Uint8Array),
      images: loader.stack(loaded.filter((one) => one instanceof Uint8Array)),
      unread: loaded.filter((one) => one instanceof InvalidFileError),
    }
  }
  let next = load(0)
  for (let start = 0; start < files.length; start += batchSize) {
    const batch = await next
    if (start + batchSize < files.length) {
      next = load(start + batchSize)
      // It is awaited in its turn; until then a rejection must not count as unhandled.
      next.catch(() => {})
    }
    yield batch
  }
}

async function judge(detector: Detector, { files, images }: Batch, explain: boolean): Promise<Judged[]> {
  const detections = await detector.detect(images, explain ? { nearest: neighbors } : {})
  return detections.map((detection, i) => ({ file: files[i]!, detection }))
}

function decideTogether(all: readonly Judged[], falseDiscoveryRate: number): Judged[] {
  const isOod = benjaminiHochberg(
    Float64Array.from(all, ({ detection }) => detection.pValue),
    falseDiscoveryRate,
  )
  return all.map(({ file, detection }, i) => ({ file, detection: { ...detection, isOod: isOod[i]! } }))
}

function warnOfDrift(detector: Detector, all: readonly Judged[], progress: CommandContext['progress']): void {
  if (all.length < enoughForDrift) return
  const { isDrift, pValue } = detector.checkDrift(all.map(({ detection }) => detection))
  if (!isDrift) return
  progress.say(
    `Note: as a whole these images are not like those of the calibration (p ${pValue.toExponential(1)}); where they were to be in-distribution, more of them are called OOD than was promised.`,
  )
}

function toJson(file: string, detection: Detection): string {
  const { score, pValue, isOod, prediction } = detection
  return JSON.stringify({
    file,
    score,
    pValue,
    isOod,
    ...(prediction !== undefined && { prediction }),
    ...explained(detection),
  })
}

function toLine(file: string, detection: Detection): string {
  const { score, pValue, isOod, nearest } = detection
  const line = `${isOod ? 'OOD' : 'id '}  p ${pValue.toFixed(4)}  score ${score.toPrecision(6).padEnd(10)}  ${file}`
  return nearest ? [line, ...explanationLines(detection)].join('\n') : line
}
