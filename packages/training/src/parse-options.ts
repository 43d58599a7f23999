import { InvalidOptionError } from '@mode-ood/core'
import type * as z from 'zod'

/** Checks an option and fills in its defaults. @throws InvalidOptionError that names the option. */
export function parseOptions<T>(name: string, schema: z.ZodType<T, unknown>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  throw new InvalidOptionError(`option "${[name, ...path].join('.')}": ${message}`)
}
