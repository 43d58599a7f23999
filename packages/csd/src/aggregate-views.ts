import type { CsdOptions } from './csd-options.ts'

/** One distance an image from those of its views: the least, their mean, or a soft minimum. */
export function aggregateViews(
  distances: Float64Array,
  views: number,
  { aggregation = 'min', inverseTemperature = 10 }: CsdOptions,
): Float64Array {
  return Float64Array.from({ length: distances.length / views }, (_, image) => {
    const own = distances.subarray(image * views, (image + 1) * views)
    if (aggregation === 'mean') return mean(own)
    const least = Math.min(...own)
    if (aggregation === 'min') return least
    return least - Math.log(mean(own.map((d) => Math.exp(-inverseTemperature * (d - least))))) / inverseTemperature
  })
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
