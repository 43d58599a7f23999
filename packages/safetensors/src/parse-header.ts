/** A value of a JSON text with its keys in the order of the text, which `JSON.parse` loses for names like "0". */
export interface ParsedHeader {
  readonly value: unknown
  /** Keys of the outermost object. */
  readonly names: readonly string[]
  /** The first key that appears twice in one object, outermost or not; equal after escapes are resolved. */
  readonly duplicate: string | undefined
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs

/**
 * Parses the JSON of a header.
 *
 * `JSON.parse` keeps the last of two equal keys and tells nobody, so a second pass over the text, known to be valid by
 * then, collects the keys of every object.
 *
 * @throws SyntaxError when the text is not JSON.
 */
export function parseHeader(text: string): ParsedHeader {
  const value: unknown = JSON.parse(text)
  const names: string[] = []
  const open: (Set<string> | undefined)[] = []
  let previous = ''
  for (const [part] of text.matchAll(token)) {
    if (part === '{') open.push(new Set())
    else if (part === '[') open.push(undefined)
    else if (part === '}' || part === ']') open.pop()
    else if (part === ':') {
      const key = JSON.parse(previous) as string
      const keys = open.at(-1)
      if (keys?.has(key)) return { value, names, duplicate: key }
      keys?.add(key)
      if (open.length === 1) names.push(key)
    }
    previous = part
  }
  return { value, names, duplicate: undefined }
}
