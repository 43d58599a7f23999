import type { Detection } from '@mode-ood/detector'

/** The six views of an image, in the order of its features. */
const viewNames = ['top left', 'top right', 'bottom left', 'bottom right', 'whole', 'centre'] as const

/** What decided on an image, for a person: its view, and the training images that are nearest. */
export interface Explained {
  readonly view?: string
  readonly nearest?: readonly {
    readonly index: number
    readonly name?: string
    readonly label?: number
    readonly distance: number
    readonly view?: string
  }[]
}

/** An explanation with names in the place of numbers of views. */
export function explained({ view, nearest }: Detection): Explained {
  return {
    ...(view !== undefined && { view: viewName(view) }),
    ...(nearest && {
      nearest: nearest.map(({ view: matched, ...image }) => ({
        ...image,
        ...(matched !== undefined && { view: viewName(matched) }),
      })),
    }),
  }
}

/** The explanation in lines. */
export function explanationLines(detection: Detection): string[] {
  const { view, nearest = [] } = explained(detection)
  const lines = nearest.map(({ index, name, label, distance, view: matched }) => {
    const of = [label === undefined ? '' : `class ${label}`, matched ?? ''].filter((part) => part !== '').join(', ')
    return `    ${distance.toFixed(5)}  ${name ?? `training image ${index}`}${of === '' ? '' : ` (${of})`}`
  })
  if (lines.length === 0) return ['    the score compares with no training images']
  return [
    `    nearest training images${view === undefined ? '' : `, by the view "${view}"`}, squared distance:`,
    ...lines,
  ]
}

const viewName = (view: number): string => viewNames[view] ?? `view ${view}`
