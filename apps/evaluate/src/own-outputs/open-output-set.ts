import { InvalidFileError, InvalidOptionError } from '@mode-ood/core'
import { openArrays } from './open-arrays.ts'
import { ownArrays, type OwnArray, type OutputsConfig } from './outputs-config.ts'
import { readLabels } from './read-labels.ts'
import type { StoredArray } from './stored-array.ts'

/** What a model said about a set of images, in files; shapes are checked, numbers not yet read. */
export interface OutputSet {
  readonly name: string
  /** Images. */
  readonly count: number
  readonly files: readonly string[]
  readonly hash: string
  readonly layout: 'nhwc' | 'nchw'
  readonly arrays: Partial<Readonly<Record<Exclude<OwnArray, 'labels'>, StoredArray>>>
  /** Null where there are none, and for OOD sets. */
  readonly labels: Int32Array | null
}

const axes = { logits: 2, embedding: 2, views: 3, featureMap: 4 } as const
const idSets: ReadonlySet<string> = new Set(['id.train', 'id.validation', 'id.test'])
const meaning = {
  logits: '[images, classes]',
  embedding: '[images, dimension]',
  views: '[images, views, dimension]',
  featureMap: '[images, height, width, channels] or [images, channels, height, width]',
}

/**
 * Opens the outputs of a set.
 *
 * @throws InvalidFileError or InvalidOptionError when an array is missing, has other axes than it must, or another number of
 *   images than the rest.
 */
export async function openOutputSet(name: string, config: OutputsConfig, baseDirectory: string): Promise<OutputSet> {
  const { format: _, path, layout, ...names } = config
  const subject = `set "${name}"`
  const opened = await openArrays({ roles: ownArrays, path, names, baseDirectory, subject })
  const { labels: given, ...arrays } = opened.arrays
  // Labels of OOD sets mean nothing: whatever they are is as well.
  const storedLabels = idSets.has(name) ? given : undefined
  const outputs = Object.entries(arrays) as [keyof typeof axes, StoredArray][]
  if (outputs.length === 0) throw new InvalidOptionError(`${subject} has labels only: no output of a model is given`)
  for (const [role, array] of outputs) checkAxes(role, array)
  if (arrays.featureMap && layout === undefined) {
    throw new InvalidOptionError(`${subject} has a feature map: say layout: nchw (as PyTorch has it) or layout: nhwc`)
  }
  const [first, ...others] = [...outputs.map(([, array]) => array), ...(storedLabels ? [storedLabels] : [])]
  for (const { name: file, shape } of others) {
    if (shape[0] === first!.shape[0]) continue
    throw new InvalidFileError(file, `is of ${shape[0]} images, but ${first!.name} of ${first!.shape[0]}`)
  }
  const labels = storedLabels ? await readLabels(storedLabels) : null
  const count = first!.shape[0]!
  return { name, count, files: opened.files, hash: opened.hash, layout: layout ?? 'nhwc', arrays, labels }
}

function checkAxes(role: keyof typeof axes, { name, shape }: StoredArray): void {
  const problem =
    shape.length !== axes[role]
      ? `and must be ${meaning[role]}`
      : shape.includes(0)
        ? 'and so holds nothing'
        : undefined
  if (problem) throw new InvalidFileError(name, `the ${role} is [${shape.join(', ')}], ${problem}`)
}
