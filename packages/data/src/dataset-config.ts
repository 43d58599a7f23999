import * as z from 'zod'

/** The part of every format that says how images become the model's size. */
export interface ResizeConfig {
  /**
   * `squash` (default): to the model's size, ignoring aspect; `crop`: the shorter side to `resizeTo`, then the centre;
   * `none`: images must have the size already.
   */
  resize?: 'squash' | 'crop' | 'none' | undefined
  /** With `crop`, the length of the shorter side before the centre is cut out; the model's size by default. */
  resizeTo?: number | undefined
  /** Pillow's (and so torchvision's) filter of that name; `bilinear` by default. */
  interpolation?: 'bilinear' | 'bicubic' | undefined
}

/** CIFAR-10 binary files, read one after the other. */
export interface Cifar10Config extends ResizeConfig {
  format: 'cifar10'
  files: string[]
}

/** CIFAR-100 binary files, read one after the other; `labels` are its 100 classes or their 20 groups. */
export interface Cifar100Config extends ResizeConfig {
  format: 'cifar100'
  files: string[]
  labels?: 'fine' | 'coarse' | undefined
}

/** A Street View House Numbers file (MATLAB 5), of which the first `limitPerClass` images of each digit are kept. */
export interface SvhnConfig extends ResizeConfig {
  format: 'svhn'
  path: string
  limitPerClass?: number | undefined
}

/** MNIST's file format, gzipped or not. */
export interface IdxConfig extends ResizeConfig {
  format: 'idx'
  images: string
  labels?: string | undefined
}

/** Image files: a sub-folder a class, or flat and then without labels. `classes` fixes which sub-folder has which label. */
export interface FolderConfig extends ResizeConfig {
  format: 'folder'
  path: string
  classes?: string[] | undefined
}

/** An OpenOOD image list: `relative/path label` on each line, relative to `root` (the list's own folder by default). */
export interface ListConfig extends ResizeConfig {
  format: 'list'
  path: string
  root?: string | undefined
}

/** Images drawn by this package: `count` of the set (each has its default), others for another `seed`. */
export interface DemoConfig {
  format: 'demo'
  set: string
  count?: number | undefined
  seed?: number | undefined
}

/** What {@link datasetConfigSchema} accepts. */
export type DatasetConfig =
  | Cifar10Config
  | Cifar100Config
  | SvhnConfig
  | IdxConfig
  | FolderConfig
  | ListConfig
  | DemoConfig

const path = z.string().min(1)
const files = z.array(path).min(1)
const size = z.int().positive()

const resizing = {
  resize: z
    .enum(['squash', 'crop', 'none'])
    .optional()
    .describe(
      'squash (default): to the size of the model, ignoring aspect; crop: shorter side, then centre; none: must fit',
    ),
  resizeTo: size
    .optional()
    .describe('crop only: length of the shorter side before the centre crop; default: the model size'),
  interpolation: z.enum(['bilinear', 'bicubic']).optional().describe("Pillow's filter of that name; default bilinear"),
}

const cifar10 = z.strictObject({ format: z.literal('cifar10'), files, ...resizing })

const cifar100 = z.strictObject({
  format: z.literal('cifar100'),
  files,
  labels: z.enum(['fine', 'coarse']).optional().describe('100 classes (default) or their 20 groups'),
  ...resizing,
})

const svhn = z.strictObject({
  format: z.literal('svhn'),
  path: path.describe('a MATLAB 5 file with X [32, 32, 3, n] and y [n, 1]'),
  limitPerClass: size.optional().describe('keep the first so many images of each class'),
  ...resizing,
})

const idx = z.strictObject({
  format: z.literal('idx'),
  images: path.describe('idx3-ubyte file, gzipped or not'),
  labels: path.optional().describe('idx1-ubyte file, gzipped or not'),
  ...resizing,
})

const folder = z.strictObject({
  format: z.literal('folder'),
  path,
  classes: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('sub-folder names in the order of their labels; default: sorted'),
  ...resizing,
})

const list = z.strictObject({
  format: z.literal('list'),
  path: path.describe('a text file with `relative/path label` on each line'),
  root: path.optional().describe('folder the paths are relative to; default: the folder of the list'),
  ...resizing,
})

const demo = z.strictObject({
  format: z.literal('demo'),
  set: z.string().min(1).describe('which of the generated sets'),
  count: size.optional(),
  seed: z.int().nonnegative().optional(),
})

type Formats = [
  Schema<Cifar10Config>,
  Schema<Cifar100Config>,
  Schema<SvhnConfig>,
  Schema<IdxConfig>,
  Schema<FolderConfig>,
  Schema<ListConfig>,
  Schema<DemoConfig>,
]

/** A strict object schema written as its own type needs: keys that may be absent are optional schemas. */
type Schema<T> = z.ZodObject<
  {
    [K in keyof T]-?: undefined extends T[K] ? z.ZodOptional<Exact<Exclude<T[K], undefined>>> : Exact<T[K]>
  },
  z.core.$strict
>
type Exact<T> = z.ZodType<T, T>

/** Where images lie and how they become the model's size; told apart by `format`. Unknown keys are refused. */
export const datasetConfigSchema: z.ZodDiscriminatedUnion<Formats, 'format'> = z.discriminatedUnion('format', [
  cifar10,
  cifar100,
  svhn,
  idx,
  folder,
  list,
  demo,
])
