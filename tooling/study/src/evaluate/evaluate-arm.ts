import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Progress } from '@mode-ood/command'
import { csd } from '@mode-ood/csd'
import { type Configuration, evaluate, type Evaluation } from '@mode-ood/evaluate'
import { knn } from '@mode-ood/scores'
import type { Arm } from '../protocol/arms.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { ArmResult } from '../results/result-schema.ts'
import { writeResult } from '../results/write-result.ts'
import { decisions, k } from './decisions.ts'
import { measureDecision } from './measure-decision.ts'
import { nearestAccuracy } from './nearest-accuracy.ts'
import { heldOutAurocs, scoreDecisions } from './score-decisions.ts'
import { writeScores } from './scores-file.ts'
import { type Distances, measureDistances } from './view-distances.ts'

export interface EvaluateArmOptions {
  readonly protocol: Protocol
  readonly arm: Arm
  readonly seed: number
  readonly checkpoint: string
  /** Where the numbers go. */
  readonly file: string
  removeAtEnd(path: string): void
}

/** Evaluates a trained arm: writes the numbers, and beside the network the scores of every image and the distances of its views. */
export async function evaluateArm(options: EvaluateArmOptions): Promise<void> {
  const { checkpoint, file } = options
  // Within the arm's own folder, since another arm may be evaluated at the same time.
  const features = join(dirname(checkpoint), 'features')
  const temporary = [features]
  const removeAtEnd = (path: string) => {
    temporary.push(path)
    options.removeAtEnd(path)
  }
  try {
    const evaluation = await evaluateNetwork(options, features, removeAtEnd)
    const { sets } = evaluation
    const distances = {
      shared: await measureDistances(sets, 'shared'),
      'per-view': await measureDistances(sets, 'per-view'),
    }
    const scores = scoreDecisions(evaluation.scored.get('knn')!, distances)
    const groups = new Map(options.protocol.ood.map(({ name, group }) => [name, group]))
    const heldOut = heldOutAurocs(distances)
    const measured = decisions.map(({ name }) => ({
      name,
      heldOutAuroc: heldOut.get(name)!,
      sets: measureDecision(scores.get(name)!, { knn: scores.get('knn')!, groups }),
    }))
    await writeScores(join(dirname(checkpoint), 'scores.safetensors'), scores, distances)
    await writeResult(file, { ...(await describeArm(options, evaluation, distances.shared)), decisions: measured })
  } finally {
    for (const path of temporary) await rm(path, { recursive: true, force: true })
  }
}

/** Features, and the score that needs no more than the evaluation app; csd is there so that views are kept. */
function evaluateNetwork(
  { protocol, arm, checkpoint }: EvaluateArmOptions,
  cache: string,
  removeAtEnd: (path: string) => void,
): Promise<Evaluation> {
  const { architecture, classes, mean, std, id, ood } = protocol
  const head = hasClassifier(arm) ? { classes } : { logits: false as const }
  const configuration: Configuration = {
    model: { architecture, checkpoint, mean: [...mean], std: [...std], ...head },
    id,
    ood,
    scores: [],
  }
  const loaded = { file: checkpoint, directory: dirname(checkpoint), configuration }
  const scores = [knn({ k }), csd({ k, banks: 'per-view' })]
  const options = { scores, limit: null, threads: null, cache, skipCorrupt: false }
  return evaluate(loaded, { ...options, progress: silent, removeAtEnd })
}

async function describeArm(
  { protocol, arm, seed }: EvaluateArmOptions,
  { sets, results }: Evaluation,
  shared: Distances,
): Promise<Omit<ArmResult, 'decisions'>> {
  const { epochs, continuationEpochs } = protocol
  const classifier = hasClassifier(arm) ? results.idAccuracy : null
  return {
    schemaVersion: 1,
    ...{ arm: arm.name, seed, epochs, continuationEpochs },
    images: { train: sets.train!.count, test: sets.id.count },
    accuracy: { classifier, ...(await nearestAccuracy(sets)) },
    wholeDecides: shareDecidedByWhole(shared),
    network: results.model.hash,
    environment: { ...results.environment },
  }
}

const hasClassifier = ({ loss }: Arm): boolean => loss.startsWith('ce')

const views = 6
const whole = 4

/** Share of ID images of which no region is nearer to the training views than the whole. */
function shareDecidedByWhole({ id }: Distances): number {
  let decided = 0
  for (let start = 0; start < id.length; start += views) {
    const own = id.subarray(start, start + views)
    if (own[whole] === Math.min(...own)) decided++
  }
  return (decided * views) / id.length
}

const silent: Progress = { start() {}, advance() {}, finish() {}, say() {}, stop() {} }
