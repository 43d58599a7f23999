import type { Tensor } from '@mode-ood/core'
import { readTensors } from './read-tensors.ts'

export interface ViewWindow {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/** What `evaluate --explain` kept of the regions of every image; rows are the ID test images, then each OOD set's. */
export interface Explanation {
  /** Label of the score that decides so. */
  readonly score: string
  /** Views an image and neighbours a view. */
  readonly views: number
  readonly k: number
  /** Of the feature map, in positions. */
  readonly mapHeight: number
  readonly mapWidth: number
  /** The part of the map that each view looks at: rows [top, bottom), columns [left, right). */
  readonly windows: readonly ViewWindow[]
  /** Squared L2 distance of every view to its k-th neighbour, [rows, views]. */
  readonly distances: Float32Array
  /** Training image and view of every neighbour, image · views + view, [rows, views, k]; distances ascending. */
  readonly neighbors: Int32Array
  readonly neighborDistances: Float32Array
  /** Class of every training image; its name where it has one. */
  readonly trainingLabels: Int32Array
  readonly classNames: readonly string[] | null
  /** For rows in `heatRows`, ascending: the distance of a window of `windowHeight` x `windowWidth` at every place. */
  readonly heatRows: Int32Array
  readonly heat: Float32Array
  readonly windowHeight: number
  readonly windowWidth: number
}

/** @throws Error, in a sentence, when the file is damaged. */
export function loadExplanation(bytes: Uint8Array, run: string): Explanation {
  const { tensors, metadata } = readTensors(bytes, `${run}/explanation.safetensors`)
  const tensor = (name: string): Tensor => {
    const found = tensors.get(name)
    if (!found) throw new Error(`${run}/explanation.safetensors: "${name}" is missing: run the evaluation again`)
    return found
  }
  const about = (name: string): string => {
    if (metadata[name] !== undefined) return metadata[name]
    throw new Error(`${run}/explanation.safetensors: "${name}" is missing: run the evaluation again`)
  }
  const number = (name: string) => Number(about(name))
  const [, views = 0, k = 0] = tensor('neighbors').shape
  return {
    // Files of older versions do not say it.
    score: metadata['score'] ?? 'csd',
    views,
    k,
    mapHeight: number('mapHeight'),
    mapWidth: number('mapWidth'),
    windowHeight: number('windowHeight'),
    windowWidth: number('windowWidth'),
    windows: JSON.parse(about('windows')) as ViewWindow[],
    distances: tensor('distances').data as Float32Array,
    neighbors: tensor('neighbors').data as Int32Array,
    neighborDistances: tensor('neighborDistances').data as Float32Array,
    trainingLabels: tensor('trainingLabels').data as Int32Array,
    classNames: metadata['classNames'] ? (JSON.parse(metadata['classNames']) as string[]) : null,
    heatRows: tensor('heatRows').data as Int32Array,
    heat: tensor('heat').data as Float32Array,
  }
}
