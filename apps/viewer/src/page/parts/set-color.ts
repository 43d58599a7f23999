/** Colours for OOD sets, by their position; the ID set has its own. */
export function setColor(position: number): string {
  return position < 0 ? 'var(--id)' : `var(--set-${position % 8})`
}

/** Lines that share a colour, or are seen without one, differ in their dashes. */
export function setDash(position: number): string {
  return ['', '6 3', '2 3', '8 3 2 3', '12 3'][position % 5]!
}
