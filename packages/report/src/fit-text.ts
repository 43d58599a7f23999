import stringWidth from 'string-width'

const graphemes = new Intl.Segmenter()

/** Text without what would move a terminal's cursor, colour it or turn its writing round: `?` for each such character. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '?')
}

/** Printable text of at most so many terminal columns; `…` where it is cut. */
export function fitText(text: string, columns: number): string {
  const whole = printable(text)
  return stringWidth(whole) <= columns ? whole : `${splitAt(whole, columns - 1)[0]}…`
}

/** Lines of at most so many columns, broken at spaces, and within words that are longer than a line. */
export function wrapText(text: string, columns: number): string[] {
  const lines = ['']
  for (const word of printable(text).split(' ')) {
    const last = lines.at(-1)!
    if (last === '') lines[lines.length - 1] = word
    else if (stringWidth(last) + 1 + stringWidth(word) > columns) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
    while (stringWidth(lines.at(-1)!) > columns) lines.push(...splitAt(lines.pop()!, columns))
  }
  return lines
}

/** What fits into so many columns, at least one character, and the rest. */
function splitAt(text: string, columns: number): [string, string] {
  let width = 0
  for (const { segment, index } of graphemes.segment(text)) {
    width += stringWidth(segment)
    if (width > columns && index > 0) return [text.slice(0, index), text.slice(index)]
  }
  return [text, '']
}
