import type { VNode } from 'preact'
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Run } from '../data/load-run.ts'
import { scoreText } from '../parts/percent-text.ts'
import { setColor } from '../parts/set-color.ts'
import type { ImageList } from './image-list.ts'
import { nameOfImage, nameOfSet } from './name-of-image.ts'
import { pictureStyle } from './picture.tsx'
import { useWindow } from './use-window.ts'

/** Pixels of a picture and of its place. */
const size = 64
const cell = 72

interface ImageGridProps {
  readonly run: Run
  readonly list: ImageList
  readonly threshold: number
  readonly onOpen: (index: number) => void
}

/** All images of a list; only those in sight are in the page, so it scrolls the same with fifty as with fifty thousand. */
export function ImageGrid({ run, list, threshold, onOpen }: ImageGridProps): VNode {
  const holder = useRef<HTMLUListElement>(null)
  const count = list.rows.length
  const { columns, first, last } = useWindow(holder, count, cell)
  const [active, activate] = useState(0)
  const wanted = useRef(-1)
  useLayoutEffect(() => {
    if (wanted.current < 0) return
    const button = holder.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"]`)
    button?.focus({ preventScroll: true })
    button?.scrollIntoView({ block: 'nearest' })
    if (button) wanted.current = -1
  })
  const move = (event: KeyboardEvent) => {
    const next = nextIndex(event.key, Math.min(active, count - 1), columns, count)
    if (next === null) return
    event.preventDefault()
    wanted.current = next
    activate(next)
    revealRow(holder.current!, Math.floor(next / columns))
  }
  // A tile that was drawn stays the same element while the page scrolls, and costs nothing again.
  const drawn = useMemo(() => new Map<string, VNode>(), [run, list, threshold, columns, onOpen])
  const current = Math.min(Math.max(active, first), Math.max(first, last - 1))
  return (
    <ul
      class="grid"
      ref={holder}
      aria-label="Images by score"
      style={{ height: `${Math.ceil(count / columns) * cell}px` }}
      onKeyDown={move}
    >
      {Array.from({ length: Math.max(0, last - first) }, (_, offset) => {
        const index = first + offset
        const known = drawn.get(`${index} ${index === current}`)
        if (known) return known
        const tile = (
          <Tile
            key={index}
            run={run}
            list={list}
            index={index}
            threshold={threshold}
            left={(index % columns) * cell}
            top={Math.floor(index / columns) * cell}
            isCurrent={index === current}
            onOpen={onOpen}
            onFocus={activate}
          />
        )
        drawn.set(`${index} ${index === current}`, tile)
        return tile
      })}
    </ul>
  )
}

interface TileProps {
  readonly run: Run
  readonly list: ImageList
  readonly index: number
  readonly threshold: number
  readonly left: number
  readonly top: number
  readonly isCurrent: boolean
  readonly onOpen: (index: number) => void
  readonly onFocus: (index: number) => void
}

function Tile({ run, list, index, threshold, left, top, isCurrent, onOpen, onFocus }: TileProps): VNode {
  const [set, row, score] = [list.sets[index]!, list.rows[index]!, list.scores[index]!]
  const isMistake = score >= threshold !== set < 0
  const style = run.atlas ? pictureStyle(run.atlas, nameOfSet(run, set), row, size) : null
  const verdict = score >= threshold ? 'kept as ID' : 'called OOD'
  const label = `${nameOfImage(run, set, row)}, ${nameOfSet(run, set)}, score ${scoreText(score)}, ${verdict}`
  return (
    <li
      aria-setsize={list.rows.length}
      aria-posinset={index + 1}
      style={{ transform: `translate(${left}px, ${top}px)` }}
    >
      <button
        type="button"
        class={isMistake ? 'tile mistake' : 'tile'}
        data-index={index}
        tabIndex={isCurrent ? 0 : -1}
        aria-label={label}
        title={label}
        style={{ ...style, borderBottomColor: setColor(set) }}
        onClick={() => onOpen(index)}
        onFocus={() => onFocus(index)}
      >
        {style ? null : scoreText(score)}
      </button>
    </li>
  )
}

function nextIndex(key: string, index: number, columns: number, count: number): number | null {
  const moves: Readonly<Record<string, number>> = {
    ArrowRight: index + 1,
    ArrowLeft: index - 1,
    ArrowDown: index + columns,
    ArrowUp: index - columns,
    PageDown: index + 6 * columns,
    PageUp: index - 6 * columns,
    Home: 0,
    End: count - 1,
  }
  const next = moves[key]
  return next === undefined || count === 0 ? null : Math.min(count - 1, Math.max(0, next))
}

/** Scrolls the page so far that the row is drawn. */
function revealRow(holder: HTMLElement, row: number): void {
  const top = holder.getBoundingClientRect().top + row * cell
  if (top < 140) scrollBy(0, top - 140)
  else if (top + cell > innerHeight) scrollBy(0, top + cell - innerHeight)
}
