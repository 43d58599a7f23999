import { parseArgs } from 'node:util'
import { InvalidOptionError } from '@mode-ood/core'
import { nearest } from './nearest.ts'

/** The options of a command by their names, without dashes. */
export type OptionTypes = Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>>

/** What was given on a command line: texts, null where an option is absent; switches. */
export type GivenOptions<T extends OptionTypes> = {
  readonly [K in keyof T]: T[K]['type'] extends 'string' ? string | null : boolean
}

/**
 * Reads a command line that has options only.
 *
 * @throws InvalidOptionError naming the option, and the nearest valid one where it is unknown.
 */
export function parseOptions<const T extends OptionTypes>(args: readonly string[], options: T): GivenOptions<T> {
  const { values, tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind === 'positional') {
      throw new InvalidOptionError(`"${token.value}" is not understood; options begin with --, see --help`)
    }
    if (token.kind !== 'option') continue
    if (!Object.hasOwn(options, token.name)) {
      throw new InvalidOptionError(
        `there is no option ${token.rawName}${nearest(token.name, Object.keys(options), '--')}`,
      )
    }
    const { type } = options[token.name]!
    if (type === 'string' && !token.value) throw new InvalidOptionError(`${token.rawName} needs a value, see --help`)
    if (type === 'boolean' && token.value !== undefined) throw new InvalidOptionError(`${token.rawName} takes no value`)
  }
  const given = (name: string) =>
    options[name]!.type === 'string' ? ((values[name] as string | undefined) ?? null) : values[name] === true
  return Object.fromEntries(Object.keys(options).map((name) => [name, given(name)])) as GivenOptions<T>
}
