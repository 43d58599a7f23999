import { narrow } from './pickle-input.ts'
import type { PickleMachine } from './pickle-machine.ts'

type Operation = (machine: PickleMachine) => void
type Operations = readonly (readonly [code: number | string, operation: Operation])[]

const constants: Operations = [
  ['N', (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
]

const numbers: Operations = [
  ['J', (m) => m.push(m.input.int32())],
  ['K', (m) => m.push(m.input.byte())],
  ['M', (m) => m.push(m.input.uint16())],
  ['G', (m) => m.push(m.input.float64())],
  [0x8a, (m) => m.push(m.input.integer(m.input.byte()))],
  [0x8b, (m) => m.push(m.input.integer(m.input.uint32()))],
  ['I', (m) => m.push(parseInteger(m, m.input.line()))],
  ['L', (m) => m.push(parseInteger(m, m.input.line().replace(/L$/, '')))],
  ['F', (m) => m.push(Number(m.input.line()))],
]

const texts: Operations = [
  ['X', (m) => m.push(m.input.text(m.input.uint32()))],
  [0x8c, (m) => m.push(m.input.text(m.input.byte()))],
  [0x8d, (m) => m.push(m.input.text(m.input.length()))],
  ['U', (m) => m.push(m.input.text(m.input.byte()))],
  ['T', (m) => m.push(m.input.text(m.input.uint32()))],
  // Escapes of text in protocol 0 stay as they are: names of tensors have none.
  ['S', (m) => m.push(m.input.line().replaceAll(/^['"]|['"]$/g, ''))],
  ['V', (m) => m.push(m.input.line())],
  ['C', (m) => m.push(m.input.bytes(m.input.byte()))],
  ['B', (m) => m.push(m.input.bytes(m.input.uint32()))],
  [0x8e, (m) => m.push(m.input.bytes(m.input.length()))],
  [0x96, (m) => m.push(m.input.bytes(m.input.length()))],
]

/** Dictionaries become Maps; tuples, lists and sets arrays. */
const containers: Operations = [
  ['}', (m) => m.push(new Map())],
  [']', (m) => m.push([])],
  [')', (m) => m.push([])],
  [0x8f, (m) => m.push([])],
  ['t', (m) => m.push(m.popToMark())],
  ['l', (m) => m.push(m.popToMark())],
  [0x91, (m) => m.push(m.popToMark())],
  [0x85, (m) => m.push([m.pop()])],
  [0x86, (m) => m.push([m.pop(), m.pop()].reverse())],
  [0x87, (m) => m.push([m.pop(), m.pop(), m.pop()].reverse())],
  ['d', (m) => m.push(setItems(m, new Map(), m.popToMark()))],
  ['a', (m) => append(m, [m.pop()])],
  ['e', (m) => append(m, m.popToMark())],
  [0x90, (m) => append(m, m.popToMark())],
  ['s', (m) => setItemsOfTop(m, [m.pop(), m.pop()].reverse())],
  ['u', (m) => setItemsOfTop(m, m.popToMark())],
]

const stack: Operations = [
  ['(', (m) => m.mark()],
  ['0', (m) => void m.pop()],
  ['1', (m) => void m.popToMark()],
  ['2', (m) => m.push(m.top())],
  ['q', (m) => m.memorize(m.input.byte())],
  ['r', (m) => m.memorize(m.input.uint32())],
  ['p', (m) => m.memorize(Number(m.input.line()))],
  [0x94, (m) => m.memorizeNext()],
  ['h', (m) => m.recall(m.input.byte())],
  ['j', (m) => m.recall(m.input.uint32())],
  ['g', (m) => m.recall(Number(m.input.line()))],
]

const objects: Operations = [
  ['c', (m) => m.pushGlobal(m.input.line(), m.input.line())],
  [0x93, (m) => m.pushGlobal(...([m.pop(), m.pop()].reverse() as [unknown, unknown]))],
  ['P', (m) => m.persistent(m.input.line())],
  ['Q', (m) => m.persistent(m.pop())],
  ['R', call],
  [0x81, call],
  // State of an object (torch attaches `_metadata` to ordered dictionaries): not needed, and never applied.
  ['b', (m) => void m.pop()],
]

const framing: Operations = [
  [0x80, (m) => void m.input.byte()],
  [0x95, (m) => void m.input.length()],
]

/** What each operation of a pickle does, by its code; extension codes and instances of old classes are left out. */
export const pickleOperations: ReadonlyMap<number, Operation> = new Map(
  [constants, numbers, texts, containers, stack, objects, framing]
    .flat()
    .map(([code, operation]) => [typeof code === 'string' ? code.charCodeAt(0) : code, operation]),
)

function parseInteger({ fail }: PickleMachine, text: string): number | bigint | boolean {
  if (text === '00' || text === '01') return text === '01'
  return /^[-+]?\d{1,64}$/.test(text) ? narrow(BigInt(text.replace('+', ''))) : fail(`the pickle holds no integer`)
}

function call(machine: PickleMachine): void {
  const args = machine.pop()
  machine.apply(machine.pop(), args)
}

function append({ top, fail }: PickleMachine, values: readonly unknown[]): void {
  const list = top()
  if (!Array.isArray(list)) fail('the pickle appends to something that is no list')
  for (const value of values) (list as unknown[]).push(value)
}

/** The items are popped before the dictionary below them is looked at. */
function setItemsOfTop(machine: PickleMachine, items: readonly unknown[]): void {
  setItems(machine, machine.top(), items)
}

function setItems({ fail }: PickleMachine, target: unknown, items: readonly unknown[]): unknown {
  if (!(target instanceof Map) || items.length % 2 !== 0) {
    return fail('the pickle sets items of something that is no dictionary')
  }
  for (let i = 0; i < items.length; i += 2) target.set(items[i], items[i + 1])
  return target
}
