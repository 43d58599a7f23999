import { useLayoutEffect, useState } from 'preact/hooks'

/** Which part of a long grid is in sight. */
export interface GridWindow {
  readonly columns: number
  /** Items [first, last) are to be drawn. */
  readonly first: number
  readonly last: number
}

/** Rows drawn above and below what is in sight. */
const spare = 4

/** Follows the scrolling of the page over a grid of `count` square cells. */
export function useWindow(holder: { readonly current: HTMLElement | null }, count: number, cell: number): GridWindow {
  const [place, setPlace] = useState({ columns: 1, top: 0, rows: 0 })
  useLayoutEffect(() => {
    const element = holder.current
    if (!element) return
    let asked = 0
    const measure = () => {
      asked = 0
      const { top, width } = element.getBoundingClientRect()
      const columns = Math.max(1, Math.floor(width / cell))
      const next = { columns, top: Math.floor(Math.max(0, -top) / cell), rows: Math.ceil(innerHeight / cell) }
      setPlace((before) =>
        before.columns === next.columns && before.top === next.top && before.rows === next.rows ? before : next,
      )
    }
    const ask = () => {
      asked ||= requestAnimationFrame(measure)
    }
    measure()
    addEventListener('scroll', ask, { passive: true })
    const observer = new ResizeObserver(ask)
    observer.observe(element)
    return () => {
      removeEventListener('scroll', ask)
      observer.disconnect()
      cancelAnimationFrame(asked)
    }
  }, [cell])
  const first = Math.max(0, place.top - spare) * place.columns
  const last = (place.top + place.rows + spare) * place.columns
  return { columns: place.columns, first: Math.min(first, count), last: Math.min(last, count) }
}
