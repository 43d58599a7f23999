import { writeWhole } from '@mode-ood/command'
import { renderTraining, type TrainingRecord } from '@mode-ood/report'
import type { TrainingConfiguration } from './configuration-schema.ts'

export interface PageContent {
  readonly name: string
  readonly configuration: TrainingConfiguration
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

function factsOf({ configuration, engine, images }: PageContent): [string, string][] {
  const { model, id, loss, augmentation, optimizer, schedule, epochs, batchSize, views, seed } = configuration
  const text = (value: unknown) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([key, inner]) => `${key} ${typeof inner === 'object' ? JSON.stringify(inner) : String(inner)}`)
          .join(', ')
      : String(value)
  return [
    ['Network', [`${model.architecture}, ${model.classes} classes`, ...beginningOf(model)].join(', ')],
    ['Images', `${images} (${text(id.train)})`],
    ['Loss', text(loss)],
    ['Views', `${views ?? 'as the loss needs'}; ${augmentation ? text(augmentation) : 'the augmentation of the loss'}`],
    ['Optimiser', text(optimizer)],
    ['Schedule', text(schedule)],
    ['Length', `${epochs} epochs of ${Math.floor(images / batchSize)} steps of ${batchSize} images`],
    ['Engine', engine],
    ['Seed', String(seed)],
  ]
}
