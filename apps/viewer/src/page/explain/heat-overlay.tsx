import type { VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Explanation } from '../data/explanation.ts'
import type { HeatMap } from './explain-image.ts'

/** The heat map over a picture of `size` pixels: each place colours the middle of its window, from violet (near) to yellow (far). */
export function HeatOverlay({
  heat,
  explanation,
  size,
}: {
  heat: HeatMap
  explanation: Explanation
  size: number
}): VNode {
  const canvas = useRef<HTMLCanvasElement>(null)
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    const pixels = context.createImageData(heat.columns, heat.rows)
    const low = Math.min(...heat.values)
    const span = Math.max(...heat.values) - low || 1
    for (const [i, value] of heat.values.entries()) pixels.data.set(heatColor((value - low) / span), i * 4)
    context.putImageData(pixels, 0, 0)
  }, [heat])
  const { mapHeight, mapWidth, windowHeight, windowWidth } = explanation
  const side = (positions: number, map: number) => `${(size * positions) / map}px`
  return (
    <canvas
      ref={canvas}
      class="heat"
      width={heat.columns}
      height={heat.rows}
      aria-hidden="true"
      style={{
        top: side((windowHeight - 1) / 2, mapHeight),
        left: side((windowWidth - 1) / 2, mapWidth),
        width: side(heat.columns, mapWidth),
        height: side(heat.rows, mapHeight),
      }}
    />
  )
}

const stops = [
  [48, 18, 110],
  [190, 55, 84],
  [252, 225, 80],
] as const

/** Red, green, blue and opacity at 0..1. */
function heatColor(share: number): [number, number, number, number] {
  const at = share * (stops.length - 1)
  const low = Math.min(stops.length - 2, Math.floor(at))
  const mix = (channel: 0 | 1 | 2) =>
    Math.round(stops[low]![channel] + (at - low) * (stops[low + 1]![channel] - stops[low]![channel]))
  return [mix(0), mix(1), mix(2), 190]
}
