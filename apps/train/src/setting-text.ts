/**
 * A setting as a person says it: `{ name: 'sgd', weightDecay: 1e-4 }` is "sgd, weight decay 0.0001", objects inside objects stand in
 * brackets, and numbers have four digits.
 */
export function settingText(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(4)))
  if (Array.isArray(value)) return value.map(settingText).join(' and ')
  if (typeof value !== 'object' || value === null) return String(value)
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return entries.map(([key, inner]) => entryText(key, inner)).join(', ')
}

/** Keys whose values say enough without them. */
const silent = new Set(['name', 'kind', 'format'])

function entryText(key: string, value: unknown): string {
  const text = settingText(value)
  if (silent.has(key)) return text
  const words = key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isGroup ? `${words} (${text})` : `${words} ${text}`
}
