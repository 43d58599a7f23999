import type { Images } from '@mode-ood/core'

/** Items `from` up to but not including `to`. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** Divides `count` items into ranges that differ by one item at most, larger ones first. */
export function shareOut(count: number, workers: number): Range[] {
  const bound = (worker: number) => Math.floor(count / workers) * worker + Math.min(worker, count % workers)
  return Array.from({ length: workers }, (_, worker) => ({ from: bound(worker), to: bound(worker + 1) }))
}

/** Copies out a range of images, from every view: all of view 1, then all of view 2. */
export function takeImages({ count, height, width, data }: Images, { from, to }: Range, views: number): Images {
  const length = height * width * 3
  const taken = new Float32Array(views * (to - from) * length)
  for (let view = 0; view < views; view++) {
    const first = (view * count) / views
    taken.set(data.subarray((first + from) * length, (first + to) * length), view * (to - from) * length)
  }
  return { count: views * (to - from), height, width, data: taken }
}

export function takeLabels(labels: Int32Array, { from, to }: Range): Int32Array {
  return labels.slice(from, to)
}
