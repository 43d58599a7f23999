import { InvalidOptionError } from '@mode-ood/core'

export interface NumberRange {
  readonly least?: number
  readonly most?: number
}

/** The number an option was given; null where it is absent. */
export function wholeNumber(option: string, value: string | null, range: NumberRange = {}): number | null {
  if (value === null) return null
  const { least = 1, most = Number.MAX_SAFE_INTEGER } = range
  const number = Number(value)
  if (value.trim() !== '' && Number.isSafeInteger(number) && number >= least && number <= most) return number
  const limits = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`
  throw new InvalidOptionError(`${option} is "${value}" and must be a whole number ${limits}`)
}
