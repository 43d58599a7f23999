import { backboneSpec } from '@mode-ood/backbones'
import type { LoadedConfiguration, Progress } from '@mode-ood/command'
import type { Score } from '@mode-ood/core'
import { openDataset } from '@mode-ood/data'
import { chooseScores, type Configuration, evaluate, refuseWithoutOutputs } from '@mode-ood/evaluate'
import type { Results } from '@mode-ood/report'
import type { TrainingConfiguration } from './configuration-schema.ts'

/** Evaluates a checkpoint as the evaluate command does, on the sets of the training configuration. */
export type EvaluateNetwork = (checkpoint: string) => Promise<Results>

/**
 * Prepares the evaluations during a training: a set that cannot be opened, a score that does not exist or needs what the network
 * does not give is told before the first step.
 *
 * @returns null where the configuration has nothing to evaluate on.
 * @throws InvalidFileError or InvalidOptionError in one sentence.
 */
export async function prepareEvaluation(
  loaded: LoadedConfiguration<TrainingConfiguration>,
  { hasClassifier, removeAtEnd }: { readonly hasClassifier: boolean; removeAtEnd(path: string): void },
): Promise<EvaluateNetwork | null> {
  const { file, directory, configuration } = loaded
  const { model, id, ood, workers } = configuration
  if (!id.test) return null
  const { architecture, classes, mean, std } = model
  const evaluation = (checkpoint: string): LoadedConfiguration<Configuration> => ({
    file,
    directory,
    configuration: {
      model: { architecture, checkpoint, mean, std, ...(hasClassifier ? { classes } : { logits: false }) },
      id: { train: id.train, test: id.test! },
      ood,
      scores: ood.length > 0 ? configuration.scores : [],
    },
  })
  const scores: Score[] = await chooseScores(evaluation(''), null)
  const outputs = [...(hasClassifier ? ['logits'] : []), 'embedding', 'featureMap', 'views']
  refuseWithoutOutputs(file, { name: architecture, outputs, ...(hasClassifier && { head: true }) }, scores)
  const imageSize = backboneSpec(architecture).inputSize
  await openDataset(id.test, { name: 'id.test', baseDirectory: directory, imageSize, checkLabels: true })
  for (const { name, group: _, ...set } of ood) {
    await openDataset(set as typeof id.test, { name, baseDirectory: directory, imageSize })
  }
  return async (checkpoint) => {
    const options = { scores, limit: null, threads: workers, cache: null, skipCorrupt: false, removeAtEnd }
    const { results } = await evaluate(evaluation(checkpoint), { ...options, progress: silent })
    return results
  }
}

/** The bar of the training stays where it is meanwhile. */
const silent: Progress = { start() {}, advance() {}, finish() {}, say() {}, stop() {} }
