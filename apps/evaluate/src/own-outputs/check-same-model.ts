import { InvalidFileError, type Head } from '@mode-ood/core'
import type { OutputSet } from './open-output-set.ts'

/** The sizes that all outputs of one model share; 0 where no output tells. */
export interface ModelSizes {
  readonly classes: number
  readonly dimension: number
}

interface Sized {
  readonly where: string
  readonly size: number
}

/**
 * The number of classes and the length of the embedding, which every set and the head must agree on.
 *
 * @throws InvalidFileError naming two files that differ: they are not of one model.
 */
export function checkSameModel(sets: readonly OutputSet[], head: { value: Head; file: string } | null): ModelSizes {
  const of = (role: 'logits' | 'embedding' | 'views', axis: number): Sized[] =>
    sets.flatMap(({ arrays }) => {
      const array = arrays[role]
      return array ? [{ where: array.name, size: array.shape[axis]! }] : []
    })
  const headSize = (size: (head: Head) => number): Sized[] =>
    head ? [{ where: `the head ${head.file}`, size: size(head.value) }] : []
  const maps = sets.flatMap(({ arrays: { featureMap }, layout }) =>
    featureMap ? [{ where: `${featureMap.name} (${layout})`, size: featureMap.shape[layout === 'nhwc' ? 3 : 1]! }] : [],
  )
  agree('channels', maps)
  agree('numbers a view', of('views', 2))
  agree('views an image', of('views', 1))
  return {
    classes: agree('classes', [...of('logits', 1), ...headSize(({ weight }) => weight.rows)]),
    dimension: agree('numbers an embedding', [...of('embedding', 1), ...headSize(({ weight }) => weight.columns)]),
  }
}

function agree(what: string, sizes: readonly Sized[]): number {
  const [first] = sizes
  const other = sizes.find(({ size }) => size !== first!.size)
  if (first === undefined || other === undefined) return first?.size ?? 0
  throw new InvalidFileError(
    other.where,
    `has ${other.size} ${what}, but ${first.where} has ${first.size}: they are not of one model`,
  )
}
