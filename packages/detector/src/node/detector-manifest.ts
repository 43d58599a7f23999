import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import * as z from 'zod'
import type { Preprocessing } from '../detector.ts'

/** Raised whenever a detector saved before would be read, or would judge, otherwise. */
export const detectorFormat = 'mode-ood detector 1' as const

export const manifestName = 'detector.json'

type ThreeNumbers = [number, number, number]

/** What a detector's directory holds; detector.json. Paths are relative to it. */
export interface DetectorManifest {
  format: typeof detectorFormat
  versions: Record<string, string>
  model: {
    /** What `openModel` takes; `checkpoint` or `onnx` is a file of the detector. */
    open: { checkpoint?: string | undefined; onnx?: string | undefined; [option: string]: unknown }
    height: number
    width: number
    channels: 3
    classes: number
  } | null
  preprocessing: (Omit<Preprocessing, 'mean' | 'std'> & { mean: ThreeNumbers; std: ThreeNumbers }) | null
  score: { name: string; options: Record<string, unknown>; module: string | null }
  /** JSON of `encodeState`; its arrays are tensors of state.safetensors. */
  state: unknown
  /** Folders of the banks in the state, by their places in it. */
  banks: Record<string, string>
  /** Thresholds; the scores of group i are the tensor `calibration.i` of state.safetensors. */
  calibration: {
    falseAlarmRate: number
    confidence: number | null
    byClass: boolean
    groups: { threshold: number; rank: number; count: number }[]
  }
  /** Their labels are the tensor `training.labels`, their names a JSON file. */
  training: { count: number; names: string | null } | null
  files: Record<string, { bytes: number; sha256: string }>
}

const count = z.int().nonnegative()
const size = z.int().positive()
const fileName = z.string().regex(/^(?!.*\.\.)[^/\\]+(\/[^/\\]+)*$/, 'expected a path below the detector')
const threeNumbers = z.tuple([z.number(), z.number(), z.number()])

const modelSchema = z.strictObject({
  open: z.looseObject({ checkpoint: fileName.optional(), onnx: fileName.optional() }),
  height: size,
  width: size,
  channels: z.literal(3),
  classes: count,
})

const calibrationSchema = z.strictObject({
  falseAlarmRate: z.number().gt(0).lt(1),
  confidence: z.number().gt(0).lt(1).nullable(),
  byClass: z.boolean(),
  groups: z.array(z.strictObject({ threshold: z.number(), rank: size, count: size })).min(1),
})

const schema: z.ZodType<DetectorManifest> = z.strictObject({
  format: z.literal(detectorFormat),
  versions: z.record(z.string(), z.string()),
  model: modelSchema.nullable(),
  preprocessing: z
    .strictObject({
      mean: threeNumbers,
      std: threeNumbers,
      resize: z.enum(['squash', 'crop', 'none']).optional(),
      resizeTo: size.optional(),
      interpolation: z.enum(['bilinear', 'bicubic']).optional(),
    })
    .nullable(),
  score: z.strictObject({
    name: z.string(),
    options: z.record(z.string(), z.unknown()),
    module: fileName.nullable(),
  }),
  state: z.unknown(),
  banks: z.record(z.string(), fileName),
  calibration: calibrationSchema,
  training: z.strictObject({ count, names: fileName.nullable() }).nullable(),
  files: z.record(fileName, z.strictObject({ bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
})

/** @throws InvalidFileError when there is none, or one of another version, or a torn one. */
export async function readDetectorManifest(directory: string): Promise<DetectorManifest> {
  const path = join(directory, manifestName)
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const isMissing = cause.code === 'ENOENT' || cause.code === 'ENOTDIR'
    throw new InvalidFileError(path, isMissing ? 'there is no detector here' : `cannot be read (${cause.code})`, {
      cause,
    })
  })
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (cause) {
    throw new InvalidFileError(path, 'is not valid JSON: it is no detector, or a torn one', { cause })
  }
  const { format } = (content ?? {}) as { format?: unknown }
  if (format !== detectorFormat) {
    const found =
      typeof format === 'string' && format.startsWith('mode-ood detector ') ? `is a "${format}"` : 'is no detector'
    throw new InvalidFileError(path, `${found}, and this version opens "${detectorFormat}": fit it again`)
  }
  const { data, error } = schema.safeParse(content)
  if (data) return data
  const issue = error.issues[0]!
  throw new InvalidFileError(path, `is not the manifest of a detector: "${issue.path.join('.')}": ${issue.message}`)
}
