import { InvalidFileError, InvalidOptionError, type Score } from '@mode-ood/core'
import type { LoadedConfiguration } from './configuration.ts'
import type { SetConfiguration } from './configuration-schema.ts'

/** A set of the configuration by its name: `id.train`, `id.validation`, `id.test`, or that of an OOD set. */
export interface NamedSet {
  readonly name: string
  readonly config: SetConfiguration
}

/**
 * The sets that a run needs, in the order in which it reads them: without scores that learn no `id.train`, without scores that
 * prefer it no `id.validation`.
 *
 * @throws InvalidFileError when a score learns and there is no `id.train`, InvalidOptionError when two sets share a name.
 */
export function setsOfRun({ configuration, file }: LoadedConfiguration, scores: readonly Score[]): NamedSet[] {
  const { id, ood } = configuration
  const learning = scores.find((score) => score.needsFit)
  if (learning && !id.train) {
    throw new InvalidFileError(file, `"id.train" is missing, and score "${learning.name}" learns from training images`)
  }
  const names = ood.map((set) => set.name)
  const taken = ['id.train', 'id.validation', 'id.test', ...names]
  const twice = names.find((name, i) => taken.indexOf(name) !== i + 3)
  if (twice !== undefined) throw new InvalidOptionError(`two sets are called "${twice}": give every set its own name`)
  const prefersValidation = scores.some(({ fitsOn }) => fitsOn === 'validation')
  return [
    ...(learning ? [{ name: 'id.train', config: id.train! }] : []),
    ...(id.validation && prefersValidation ? [{ name: 'id.validation', config: id.validation }] : []),
    { name: 'id.test', config: id.test },
    ...ood.map(({ name, group: _, ...config }) => ({ name, config: config as SetConfiguration })),
  ]
}
