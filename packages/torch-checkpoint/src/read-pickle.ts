import { createPickleInput } from './pickle-input.ts'
import { createPickleMachine, type PickleHost } from './pickle-machine.ts'
import { pickleOperations } from './pickle-operations.ts'

const stop = '.'.charCodeAt(0)

/**
 * Runs a pickle (protocols 0 to 5) as pure data: dictionaries become Maps, tuples, lists and sets arrays, and globals go to
 * `host`, which decides by name. Time and memory are linear in the bytes; nesting of any depth is read without recursion.
 *
 * @returns the value and the position behind it.
 */
export function readPickle(bytes: Uint8Array, start: number, host: PickleHost): { value: unknown; end: number } {
  const input = createPickleInput(bytes, start, host.fail)
  const machine = createPickleMachine(input, host)
  for (;;) {
    const code = input.byte()
    if (code === stop) return { value: machine.pop(), end: input.position() }
    const operation = pickleOperations.get(code)
    if (!operation) {
      return host.fail(`the pickle uses operation 0x${code.toString(16).padStart(2, '0')}, which torch does not write`)
    }
    operation(machine)
  }
}
