import { escapeHtml } from './escape-html.ts'

/** Characters of a name that tables and figures show; the protocol shows names whole. */
const mostCharacters = 48

/** A name cut to what a table can hold, at a whole code point. */
export function shortName(name: string): string {
  if (name.length <= mostCharacters) return name
  const characters = [...name]
  return characters.length <= mostCharacters ? name : `${characters.slice(0, mostCharacters - 1).join('')}…`
}

/** A name of a person's choice as HTML: escaped, cut, and kept from turning the direction of the text around it. */
export function nameHtml(name: string): string {
  const short = shortName(name)
  const whole = short === name ? '' : ` title="${escapeHtml(name)}"`
  return `<bdi${whole}>${escapeHtml(short)}</bdi>`
}
