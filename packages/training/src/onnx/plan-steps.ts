import { networkPlan } from '@mode-ood/backbones'
import * as z from 'zod'
import { frozenStages } from '../frozen-stages.ts'
import { lossOptionsSchema, viewsOfLoss } from '../loss-options.ts'
import { optimizerOptionsSchema } from '../optimizer-options.ts'
import { parseOptions } from '../parse-options.ts'
import { hasClassifier } from '../start-state.ts'
import type { TrainerOptions } from '../trainer.ts'
import { trainingEntries } from '../training-entries.ts'
import { composeLoss } from './compose-loss.ts'
import type { StepPlan } from './engine/step-plan.ts'

const mostWorkers = 64

/**
 * Checks the options of a trainer and says what its steps do. The network has a classifier where the loss reads its logits,
 * or where the state to start from has one: then it is carried along as it is.
 *
 * @throws InvalidOptionError naming the option.
 */
export function planSteps(options: TrainerOptions): StepPlan {
  const { spec, state } = options
  const classes = parseOptions('classes', z.int().positive(), options.classes)
  const workers = parseOptions('workers', z.int().positive().max(mostWorkers).default(1), options.workers)
  const loss = parseOptions('loss', lossOptionsSchema, options.loss)
  const optimizer = parseOptions('optimizer', optimizerOptionsSchema, options.optimizer ?? {})
  const frozen = frozenStages(options)
  const { readsLogits, tensors } = composeLoss(loss, { channels: networkPlan(spec).dimension, classes })
  const withClassifier = readsLogits || (state !== undefined && hasClassifier(state))
  const entries = trainingEntries(spec, {
    classes: withClassifier ? classes : undefined,
    classifierRole: readsLogits ? 'learnt' : 'carried',
    lossTensors: tensors,
    frozenStages: frozen,
  })
  return {
    spec,
    classes,
    hasClassifier: withClassifier,
    entries,
    frozenStages: frozen,
    loss,
    views: viewsOfLoss(loss),
    optimizer,
    workers,
  }
}
