import type { Tensor } from '@mode-ood/core'
import type { Fail } from './fail.ts'
import { isTensor } from './storage.ts'

/** The dictionary that holds the model's tensors: the content itself, or the only nested one that holds some. */
export function chooseStateDict(root: unknown, key: string | undefined, fail: Fail): Map<string, Tensor> {
  if (!(root instanceof Map)) return fail('holds no dictionary of tensors')
  const whole = root as Map<unknown, unknown>
  if (key !== undefined) {
    const tensors = tensorsOf(whole.get(key))
    return tensors.size > 0
      ? tensors
      : fail(
          `has no tensors under "${key}": there are ${[...whole.keys()].filter((name) => typeof name === 'string').join(', ')}`,
        )
  }
  const own = tensorsOf(whole)
  if (own.size > 0) return own
  const nested = [...whole]
    .filter((entry): entry is [string, unknown] => typeof entry[0] === 'string' && entry[0] !== 'optimizer')
    .map(([name, value]) => [name, tensorsOf(value)] as const)
  const holding = nested.filter(([, tensors]) => tensors.size > 0)
  if (holding.length === 1) return holding[0]![1]
  if (holding.length === 0) return fail('holds no tensors')
  return fail(`holds several state dicts (${holding.map(([name]) => name).join(', ')}): say which with the option key`)
}

function tensorsOf(value: unknown): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>()
  if (!(value instanceof Map)) return tensors
  for (const [name, entry] of value as Map<unknown, unknown>) {
    if (typeof name === 'string' && isTensor(entry)) tensors.set(name, entry)
  }
  return tensors
}
