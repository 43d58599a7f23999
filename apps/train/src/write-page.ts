import { writeWhole } from '@mode-ood/command'
import { renderTraining, type TrainingRecord } from '@mode-ood/report'
import type { ChosenViews } from './choose-views.ts'
import type { TrainingConfiguration } from './configuration-schema.ts'
import { settingText } from './setting-text.ts'

export interface PageContent {
  readonly name: string
  readonly configuration: TrainingConfiguration
  readonly chosen: ChosenViews
  /** Engine, layout and workers. */
  readonly engine: string
  readonly images: number
  readonly stepsPerEpoch: number
  readonly records: readonly TrainingRecord[]
}

/** Writes training.html. @throws InvalidFileError when it cannot be written. */
export async function writePage(
  file: string,
  content: PageContent,
  removeAtEnd: (path: string) => void,
): Promise<void> {
  const { name, configuration, stepsPerEpoch, records } = content
  const { epochs } = configuration
  const page = await renderTraining({ name, facts: factsOf(content), epochs, stepsPerEpoch, records })
  await writeWhole(file, page, removeAtEnd)
}

function beginningOf({ checkpoint, frozenStages }: TrainingConfiguration['model']): string[] {
  if (checkpoint === undefined) return []
  return [`from ${checkpoint}`, ...(frozenStages ? [`its stem and ${frozenStages} stages frozen`] : [])]
}

function factsOf({ configuration, chosen, engine, images }: PageContent): [string, string][] {
  const { model, id, loss, optimizer, schedule, epochs, batchSize, seed } = configuration
  return [
    ['Network', [`${model.architecture}, ${model.classes} classes`, ...beginningOf(model)].join(', ')],
    ['Images', `${images}: ${settingText(id.train)}`],
    ['Loss', settingText(loss)],
    ['Views', `${chosen.views} of an image: ${settingText(chosen.augmentation)}`],
    ['Optimiser', settingText(optimizer)],
    ['Schedule', settingText(schedule)],
    ['Length', `${epochs} epochs of ${Math.floor(images / batchSize)} steps of ${batchSize} images`],
    ['Engine', engine],
    ['Seed', String(seed)],
  ]
}
