import type { VNode } from 'preact'

/** Characters that tables and figures show; the protocol shows names whole. */
const mostCharacters = 40

/** A name of a person's choice: cut at a whole code point, and kept from turning the direction of the text around it. */
export function Name({ text }: { text: string }): VNode {
  const short = shortName(text)
  return <bdi title={short === text ? undefined : text}>{short}</bdi>
}

export function shortName(text: string): string {
  const characters = [...text]
  return characters.length <= mostCharacters ? text : `${characters.slice(0, mostCharacters - 1).join('')}…`
}
