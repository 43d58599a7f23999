import { InvalidInputError } from './errors.ts'
import type { FeatureBank } from './feature-bank.ts'

/** The array types a state may hold. */
export type StateArray = Float32Array | Float64Array | Int32Array | Uint8Array

/** A state taken apart: a JSON value that refers to arrays and banks by their place in it. */
export interface EncodedState {
  readonly json: unknown
  readonly arrays: ReadonlyMap<string, StateArray>
  readonly banks: ReadonlyMap<string, FeatureBank>
}

const arrayTypes = [Float32Array, Float64Array, Int32Array, Uint8Array] as const
const isArray = (value: unknown): value is StateArray => arrayTypes.some((type) => value instanceof type)

export function isFeatureBank(value: unknown): value is FeatureBank {
  return typeof value === 'object' && value !== null && 'kthDistance' in value && 'reopen' in value
}

/** Calls `visit` for every value in a state that is not a plain object or array. */
export function visitState(state: unknown, visit: (value: unknown, path: string) => void, path = 'state'): void {
  if (typeof state !== 'object' || state === null || isArray(state) || isFeatureBank(state)) visit(state, path)
  else for (const [key, value] of Object.entries(state)) visitState(value, visit, `${path}.${key}`)
}

/**
 * Takes what a score's `fit` returned apart into JSON, arrays and feature banks, so that one serialiser saves any score.
 *
 * @throws InvalidInputError naming the place of a value that is not plain data.
 */
export function encodeState(state: unknown): EncodedState {
  const arrays = new Map<string, StateArray>()
  const banks = new Map<string, FeatureBank>()
  const encode = (value: unknown, path: string): unknown => {
    if (isArray(value)) {
      arrays.set(path, value)
      return { $array: path }
    }
    if (isFeatureBank(value)) {
      banks.set(path, value)
      return { $bank: path }
    }
    if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) }
    if (value === undefined) return { $undefined: true }
    if (value === null || ['number', 'string', 'boolean'].includes(typeof value)) return value
    if (Array.isArray(value)) return value.map((item, i) => encode(item, `${path}.${i}`))
    if (typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item, `${path}.${key}`)]))
    }
    throw new InvalidInputError(
      `${path} cannot be saved: a score's state is plain data, and this is ${describe(value)}`,
    )
  }
  return { json: encode(state, 'state'), arrays, banks }
}

/** Puts a state together again; the inverse of `encodeState`. */
export function decodeState({ json, arrays, banks }: EncodedState): unknown {
  const decode = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(decode)
    if ('$array' in value) return found(arrays, String(value.$array))
    if ('$bank' in value) return found(banks, String(value.$bank))
    if ('$number' in value) return Number(value.$number)
    if ('$undefined' in value) return undefined
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)]))
  }
  return decode(json)
}

function found<T>(parts: ReadonlyMap<string, T>, path: string): T {
  const part = parts.get(path)
  if (part === undefined) throw new InvalidInputError(`a saved state lacks its part ${path}`)
  return part
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? `a ${value.constructor?.name ?? 'object'}` : `a ${typeof value}`
}
