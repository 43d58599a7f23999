import type { ComponentChildren, VNode } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

/** A drawn plot: an SVG that can tell where a value lies. */
export type Drawn = (SVGSVGElement | HTMLElement) & {
  scale(name: 'x' | 'y'): { apply(value: number): number } | undefined
}

/** Where values lie on a drawn chart, in pixels. */
export interface Place {
  readonly x: (value: number) => number
  readonly y: (value: number) => number
  readonly width: number
  readonly height: number
}

interface ChartProps {
  /** What a person who cannot see it should know. */
  readonly label: string
  /** Draws the chart; called again when it or the width changes, so it must be memoised. */
  readonly draw: (width: number) => Drawn
  /** Marks that move, drawn over the chart without drawing it again. */
  readonly children?: (place: Place) => ComponentChildren
}

/** A chart as wide as its place, with marks over it that can move sixty times a second. */
export function Chart({ label, draw, children }: ChartProps): VNode {
  const holder = useRef<HTMLDivElement>(null)
  const width = useWidth(holder)
  const [place, setPlace] = useState<Place | null>(null)
  useLayoutEffect(() => {
    const ground = holder.current?.firstElementChild
    if (!ground || width === 0) return
    const drawn = draw(width)
    drawn.setAttribute('aria-hidden', 'true')
    ground.replaceChildren(drawn)
    const scale = (name: 'x' | 'y') => {
      const found = drawn.scale(name)
      return (value: number) => found?.apply(value) ?? 0
    }
    const height = Number(drawn.getAttribute('height'))
    setPlace({ x: scale('x'), y: scale('y'), width, height })
  }, [draw, width])
  return (
    <div class="chart" ref={holder} role="img" aria-label={label}>
      <div />
      {place && children ? (
        <svg class="marks" width={place.width} height={place.height} aria-hidden="true">
          {children(place)}
        </svg>
      ) : null}
    </div>
  )
}

function useWidth(holder: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = holder.current
    if (!element) return
    const measure = () => setWidth(Math.floor(element.clientWidth))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return width
}
