import { closest, distance } from 'fastest-levenshtein'

/** `; did you mean X?` when a valid name is near what was written, else the list of valid names. */
export function nearest(written: string, valid: readonly string[], prefix = ''): string {
  if (valid.length === 0) return ''
  const candidate = closest(written.toLowerCase(), [...valid])
  const near = distance(written.toLowerCase(), candidate) <= Math.max(2, Math.floor(candidate.length / 3))
  if (near) return `; did you mean ${prefix}${candidate}?`
  return `; there are ${valid.map((name) => prefix + name).join(', ')}`
}
