import { expect, test } from 'vitest'
import * as z from 'zod'
import { keysAt } from './keys-at.ts'

const schema = z.strictObject({
  model: z.union([
    z.strictObject({ onnx: z.string() }),
    z.strictObject({ architecture: z.string(), onnx: z.string() }),
  ]),
  sets: z.array(
    z.discriminatedUnion('format', [
      z.strictObject({ format: z.literal('a'), files: z.array(z.string()) }),
      z.strictObject({ format: z.literal('b'), path: z.string().default('x') }),
    ]),
  ),
  loss: z.union([
    z.string(),
    z.strictObject({ name: z.string(), alpa: z.strictObject({ grid: z.int() }).prefault({ grid: 4 }) }),
  ]),
})

test.each([
  [[], ['model', 'sets', 'loss']],
  [['model'], ['onnx', 'architecture']],
  [
    ['sets', 3],
    ['format', 'files', 'path'],
  ],
  [['loss', 'alpa'], ['grid']],
  [['sets', 'x'], []],
  [['nothing', 'here'], []],
])('at %j there are the keys %j', (path, keys) => {
  expect(keysAt(schema, path)).toEqual(keys)
})
