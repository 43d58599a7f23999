import type { z } from 'zod'
import { keysAt } from './keys-at.ts'
import { nearest } from './nearest.ts'

type Issue = z.core.$ZodIssue

/** What is explained: a configuration, and the schema that refused it. */
interface Refused {
  readonly content: unknown
  readonly schema: z.ZodType
}

/** One sentence for the first thing wrong in a configuration: where it is, what was found, what was expected. */
export function explainConfigurationError(error: z.ZodError, content: unknown, schema: z.ZodType): string {
  return explain(mostTelling(error.issues), [], { content, schema })
}

/** An unknown key before a missing one: the second is often the first misspelt. */
function mostTelling(issues: readonly Issue[]): Issue {
  return issues.find((issue) => issue.code === 'unrecognized_keys') ?? issues[0]!
}

function explain(issue: Issue, above: readonly PropertyKey[], refused: Refused): string {
  const path = [...above, ...issue.path]
  const where = path.length > 0 ? `"${path.join('.')}"` : 'the configuration'
  const found = at(refused.content, path)
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!
    return `${where} has the unknown key "${key}"${nearest(key, keysAt(refused.schema, path))}`
  }
  if (issue.code === 'invalid_union') return explainUnion(issue, path, refused, where)
  if (found === undefined) return `${where} is missing${'expected' in issue ? ` (expected ${issue.expected})` : ''}`
  if (issue.code === 'invalid_value' && issue.values.length > 1) {
    return `${where} is ${shown(found)}, which is not known${nearest(String(found), issue.values.map(String))}`
  }
  return `${where} is ${shown(found)}: ${lowerFirst(issue.message.replace(/^Invalid input: /, ''))}`
}

/** Of several forms the one that fits best speaks: the one whose first complaint lies deepest or is not a missing key. */
function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: readonly PropertyKey[],
  refused: Refused,
  where: string,
): string {
  const found = at(refused.content, path)
  if (issue.errors.length === 0) {
    const valid = (issue as { options?: unknown[] }).options?.map(String) ?? []
    if (found === undefined) return `${where} is missing${nearest('', valid)}`
    return `${where} is ${shown(found)}, which is not known${nearest(String(found), valid)}`
  }
  if (found === undefined) return `${where} is missing`
  const ofType = issue.errors.filter(
    ([first]) => !(first?.path.length === 0 && ['invalid_type', 'invalid_value'].includes(first.code)),
  )
  const candidates = ofType.length > 0 ? ofType : issue.errors
  const present = (issues: readonly Issue[]) =>
    issues.filter((one) => one.code !== 'unrecognized_keys' && at(found, one.path) === undefined).length
  const unknown = (issues: readonly Issue[]) =>
    issues.reduce((sum, one) => sum + (one.code === 'unrecognized_keys' ? one.keys.length : 0), 0)
  const best = candidates.toSorted((a, b) => present(a) + unknown(a) - present(b) - unknown(b))[0]!
  return explain(mostTelling(best), path, refused)
}

function at(content: unknown, path: readonly PropertyKey[]): unknown {
  let value = content
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
