/** A global that a pickle refers to, by name; nothing is ever looked up or executed. */
export interface PickleGlobal {
  readonly global: string
}

/** What a pickle may do beside building containers, numbers and strings. */
export interface PickleHost {
  /** Applies an allowed global to arguments, as data. Throws for every other. */
  call(global: string, args: readonly unknown[]): unknown
  /** Whether a global may be named at all. */
  allows(global: string): boolean
  /** Resolves a persistent id (torch's storages). */
  persistent(id: unknown): unknown
  fail(message: string): never
}

const mark = Symbol('mark')
const mostItems = 5_000_000

/**
 * Runs a pickle (protocols 2 to 5, the operations that torch writes) as pure data: dictionaries become Maps, tuples and lists
 * arrays. Returns the value and the position behind it.
 */
export function readPickle(bytes: Uint8Array, start: number, host: PickleHost): { value: unknown; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const stack: unknown[] = []
  const memo = new Map<number, unknown>()
  let at = start
  const need = (count: number) => {
    if (at + count > bytes.length) host.fail('the pickle ends in the middle')
    at += count
    return at - count
  }
  const byte = () => bytes[need(1)]!
  const pop = () => (stack.length > 0 ? stack.pop() : host.fail('the pickle takes from an empty stack'))
  const top = () => (stack.length > 0 ? stack.at(-1) : host.fail('the pickle reads an empty stack'))
  const push = (value: unknown) => {
    if (stack.length > mostItems) host.fail('the pickle grows without end')
    stack.push(value)
  }
  const text = (length: number) => {
    const from = need(length)
    return new TextDecoder().decode(bytes.subarray(from, from + length))
  }
  const line = () => {
    const from = at
    while (byte() !== 10);
    return new TextDecoder().decode(bytes.subarray(from, at - 1))
  }
  const toMark = () => {
    const from = stack.lastIndexOf(mark)
    if (from < 0) host.fail('the pickle has no mark where one is needed')
    return stack.splice(from).slice(1)
  }
  const named = (global: string): PickleGlobal =>
    host.allows(global)
      ? { global }
      : host.fail(`holds "${global}", which is refused: only tensors, numbers, strings and containers are read`)
  const list = () => {
    const value = top()
    return Array.isArray(value) ? (value as unknown[]) : host.fail('the pickle appends to something that is no list')
  }
  const setItems = (items: readonly unknown[]) => {
    const target = top()
    if (!(target instanceof Map)) host.fail('the pickle sets items of something that is no dictionary')
    for (let i = 0; i + 1 < items.length; i += 2) (target as Map<unknown, unknown>).set(items[i], items[i + 1])
  }
  const remembered = (index: number) =>
    memo.has(index) ? memo.get(index) : host.fail('the pickle reads a memo it has not written')
  const long = (length: number) => {
    let value = 0n
    const from = need(length)
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[from + i]!)
    if (length > 0 && bytes[from + length - 1]! >= 128) value -= 1n << BigInt(8 * length)
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }
  const apply = (callee: unknown, args: unknown) => {
    const name = (callee as PickleGlobal | undefined)?.global
    if (typeof name !== 'string' || !Array.isArray(args)) host.fail('the pickle calls something that is no function')
    push(host.call(name as string, args as unknown[]))
  }

  const operations: Record<string, () => void> = {
    '\x80': () => void byte(),
    '\x95': () => void need(8),
    '(': () => push(mark),
    '}': () => push(new Map()),
    ']': () => push([]),
    ')': () => push([]),
    N: () => push(null),
    '\x88': () => push(true),
    '\x89': () => push(false),
    J: () => push(view.getInt32(need(4), true)),
    K: () => push(byte()),
    M: () => push(view.getUint16(need(2), true)),
    G: () => push(view.getFloat64(need(8), false)),
    '\x8a': () => push(long(byte())),
    X: () => push(text(view.getUint32(need(4), true))),
    '\x8c': () => push(text(byte())),
    U: () => push(text(byte())),
    T: () => push(text(view.getUint32(need(4), true))),
    B: () => push(bytes.subarray(need(view.getUint32(need(4), true)), at)),
    C: () => push(bytes.subarray(need(byte()), at)),
    t: () => push(toMark()),
    l: () => push(toMark()),
    d: () => {
      const items = toMark()
      push(new Map())
      setItems(items)
    },
    '\x85': () => push([pop()]),
    '\x86': () => push([pop(), pop()].reverse()),
    '\x87': () => push([pop(), pop(), pop()].reverse()),
    q: () => void memo.set(byte(), top()),
    r: () => void memo.set(view.getUint32(need(4), true), top()),
    '\x94': () => void memo.set(memo.size, top()),
    h: () => push(remembered(byte())),
    j: () => push(remembered(view.getUint32(need(4), true))),
    c: () => push(named(`${line()}.${line()}`)),
    '\x93': () => {
      const [name, module] = [pop(), pop()]
      push(named(`${String(module)}.${String(name)}`))
    },
    Q: () => push(host.persistent(pop())),
    R: () => {
      const args = pop()
      apply(pop(), args)
    },
    '\x81': () => {
      const args = pop()
      apply(pop(), args)
    },
    // State of an object (torch attaches `_metadata` to ordered dictionaries): not needed, and never applied.
    b: () => void pop(),
    a: () => {
      const value = pop()
      list().push(value)
    },
    e: () => {
      const items = toMark()
      const target = list()
      for (const item of items) target.push(item)
    },
    s: () => {
      const value = pop()
      const key = pop()
      setItems([key, value])
    },
    u: () => setItems(toMark()),
    '0': () => void pop(),
  }

  for (;;) {
    const operation = String.fromCharCode(byte())
    if (operation === '.') return { value: pop(), end: at }
    const run = operations[operation]
    if (!run)
      host.fail(`the pickle uses operation 0x${operation.charCodeAt(0).toString(16)}, which torch does not write`)
    run!()
  }
}
