import { InvalidOptionError } from '@mode-ood/core'

export function requireOneOf(option: string, value: unknown, allowed: readonly string[]): void {
  if (typeof value === 'string' && allowed.includes(value)) return
  throw new InvalidOptionError(`option "${option}" is ${String(value)}, expected one of: ${allowed.join(', ')}`)
}

export function requireTpr(tpr: number): void {
  if (!(tpr > 0 && tpr <= 1))
    throw new InvalidOptionError(`option "tpr" is ${tpr}, expected a share above 0 and up to 1`)
}

export function requireLevel(level: number): void {
  if (!(level > 0 && level < 1)) {
    throw new InvalidOptionError(`option "level" is ${level}, expected a share between 0 and 1, both excluded`)
  }
}

export function requireIntegerFrom(least: number, option: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= least)) {
    throw new InvalidOptionError(`option "${option}" is ${value}, expected an integer of at least ${least}`)
  }
}
