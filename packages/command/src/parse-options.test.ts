import { expect, test } from 'vitest'
import { parseOptions } from './parse-options.ts'
import { wholeNumber } from './whole-number.ts'

const options = { output: { type: 'string' }, resume: { type: 'boolean', short: 'r' } } as const

test('options are read, those not given are null or false', () => {
  expect(parseOptions(['--output', 'x', '-r'], options)).toEqual({ output: 'x', resume: true })
  expect(parseOptions(['--output=a=b'], options)).toEqual({ output: 'a=b', resume: false })
  expect(parseOptions([], options)).toEqual({ output: null, resume: false })
})

test.each([
  [['--resum'], 'there is no option --resum; did you mean --resume?'],
  [['x'], '"x" is not understood'],
  [['--output'], '--output needs a value'],
  [['--output='], '--output needs a value'],
  [['--resume=yes'], '--resume takes no value'],
])('%j is refused', (args, sentence) => {
  expect(() => parseOptions(args, options)).toThrow(sentence)
})

test.each(['0', '-1', '1.5', 'x', ' ', '1e99', '9'])('"%s" is no number from 1 to 8', (value) => {
  expect(() => wholeNumber('--threads', value, { most: 8 })).toThrow(
    `--threads is "${value}" and must be a whole number`,
  )
  expect(wholeNumber('--threads', '8', { most: 8 })).toBe(8)
  expect(wholeNumber('--threads', null)).toBeNull()
})
