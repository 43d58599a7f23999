import { createHash } from 'node:crypto'
import { InvalidOptionError } from '@mode-ood/core'
import type { SetConfiguration } from '../configuration-schema.ts'
import type { NamedSet } from '../sets-of-run.ts'
import type { FeatureOrigin } from '../feature-origin.ts'
import { checkHeadFits } from './check-head-fits.ts'
import { checkSameModel } from './check-same-model.ts'
import { openOutputSet, type OutputSet } from './open-output-set.ts'
import type { OutputsConfig, OwnModel } from './outputs-config.ts'
import { outputFeatures } from './output-features.ts'
import { readHead } from './read-head.ts'

/**
 * Outputs that were computed elsewhere, in the place of a model and images.
 *
 * A score can be served when every set has what it needs; `id.validation` is left to the scores that are fitted on it.
 *
 * @throws InvalidFileError or InvalidOptionError when a set is missing, or they are not of one model.
 */
export async function openOwnOutputs(
  { outputs: { name, head: headConfig } }: OwnModel,
  configured: readonly NamedSet[],
  { directory, limit }: { readonly directory: string; readonly limit: number | null },
): Promise<FeatureOrigin> {
  const stored = headConfig === undefined ? null : await readHead(headConfig, directory)
  const headFile = stored?.files.join(', ') ?? ''
  const sets: OutputSet[] = []
  for (const set of configured) sets.push(await openOutputSet(set.name, ownConfig(set), directory))
  const sizes = checkSameModel(sets, stored && { value: stored.head, file: headFile })
  if (stored) for (const set of sets) await checkHeadFits(set, stored.head, headFile)

  const outputsOf = ({ arrays }: OutputSet) =>
    (['logits', 'embedding', 'views'] as const).filter(
      (output) => arrays[output] ?? (output === 'views' && arrays.featureMap),
    )
  const general = sets.filter((set) => set.name !== 'id.validation')
  const given = outputsOf(general[0]!).filter((output) => general.every((set) => outputsOf(set).includes(output)))
  const classes = given.includes('logits') ? sizes.classes : 0
  const modelHash = createHash('sha256').update(JSON.stringify([stored?.hash ?? null, sets.map(({ hash }) => hash)]))
  const title = name ?? 'outputs computed elsewhere'
  return {
    name: title,
    outputs: given,
    ...(stored && { head: stored.head }),
    classes,
    missingFrom: (need) => {
      const lacking = general.find((set) => !outputsOf(set).some((output) => output === need))
      return lacking && need !== 'head' ? `set "${lacking.name}" (${lacking.files.join(', ')})` : undefined
    },
    prepare: async () => {},
    async featuresOf({ name: wanted }, needs) {
      const set = sets.find((candidate) => candidate.name === wanted)!
      return outputFeatures(set, { head: stored?.head, classes, limit, needs })
    },
    summary: async () => ({
      description: title,
      hash: modelHash.copy().digest('hex'),
      classes,
      inputSize: 0,
      mean: [],
      std: [],
    }),
    close: async () => {},
  }
}

function ownConfig({ name, config }: NamedSet): OutputsConfig {
  if (isOwn(config)) return config
  throw new InvalidOptionError(
    `set "${name}" is of the format ${config.format}, but "model.outputs" takes sets of the format outputs`,
  )
}

const isOwn = (config: SetConfiguration): config is OutputsConfig => config.format === 'outputs'
