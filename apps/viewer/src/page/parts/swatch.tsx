import type { VNode } from 'preact'
import { setColor, setDash } from './set-color.ts'

/** What a set looks like in the charts: a filled block for ID (-1), a piece of its line for OOD. */
export function Swatch({ position }: { position: number }): VNode {
  return (
    <svg class="swatch" width="22" height="10" aria-hidden="true">
      {position < 0 ? (
        <rect width="22" height="10" rx="2" fill={setColor(-1)} opacity="0.55" />
      ) : (
        <line x2="22" y1="5" y2="5" stroke={setColor(position)} stroke-width="3" stroke-dasharray={setDash(position)} />
      )}
    </svg>
  )
}
