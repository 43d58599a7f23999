import type { Fail } from './fail.ts'
import type { PickleInput } from './pickle-input.ts'

/** A global that a pickle refers to, by name; nothing is ever looked up or executed. */
export interface PickleGlobal {
  readonly global: string
}

/** What a pickle may do beside building containers, numbers and strings. */
export interface PickleHost {
  /** Throws for a global that may not be named at all. */
  name(global: string): void
  /** Applies an allowed global to arguments, as data. Throws for every other. */
  call(global: string, args: readonly unknown[]): unknown
  /** Resolves a persistent id (torch's storages). */
  persistent(id: unknown): unknown
  readonly fail: Fail
}

/** The state of a pickle that is being run: a stack of values, and values to return to. */
export interface PickleMachine {
  readonly input: PickleInput
  push(value: unknown): void
  pop(): unknown
  top(): unknown
  mark(): void
  /** What was pushed since the last mark, which goes with it. */
  popToMark(): unknown[]
  memorize(index: number): void
  memorizeNext(): void
  recall(index: number): void
  pushGlobal(module: unknown, name: unknown): void
  apply(callee: unknown, args: unknown): void
  persistent(id: unknown): void
  fail: Fail
}

const mark = Symbol('mark')

export function createPickleMachine(input: PickleInput, host: PickleHost): PickleMachine {
  const stack: unknown[] = []
  const memo = new Map<number, unknown>()
  const { fail } = host
  const push = (value: unknown) => void stack.push(value)
  const top = () => (stack.length > 0 && stack.at(-1) !== mark ? stack.at(-1) : fail('the pickle reads an empty stack'))
  return {
    input,
    push,
    top,
    fail,
    pop() {
      const value = top()
      stack.pop()
      return value
    },
    mark: () => push(mark),
    popToMark() {
      const from = stack.lastIndexOf(mark)
      if (from < 0) fail('the pickle has no mark where one is needed')
      return stack.splice(from).slice(1)
    },
    memorize: (index) => void memo.set(index, top()),
    memorizeNext: () => void memo.set(memo.size, top()),
    recall: (index) => push(memo.has(index) ? memo.get(index) : fail('the pickle reads a memo it has not written')),
    pushGlobal(module, name) {
      if (typeof module !== 'string' || typeof name !== 'string') fail('the pickle names a global with no text')
      const global = `${module as string}.${name as string}`
      host.name(global)
      push({ global } satisfies PickleGlobal)
    },
    apply(callee, args) {
      const name = globalName(callee)
      if (name === null || !Array.isArray(args)) return fail('the pickle calls something that is no function')
      push(host.call(name, args as unknown[]))
    },
    persistent: (id) => push(host.persistent(id)),
  }
}

/** The name of a global that a pickle has pushed; null for anything else. */
export function globalName(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('global' in value)) return null
  return typeof value.global === 'string' ? value.global : null
}
