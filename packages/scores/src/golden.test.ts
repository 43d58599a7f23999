import { readFileSync } from 'node:fs'
import { createMatrix, type Matrix, type Need, type ScoreDefinition } from '@mode-ood/core'
import { readSafetensors } from '@mode-ood/safetensors'
import { expect, test } from 'vitest'
import * as exported from './index.ts'

const { tensors, metadata } = readSafetensors(readFileSync(new URL('../fixtures/scores.safetensors', import.meta.url)))
const list = (name: string) => JSON.parse(metadata[name]!) as string[]
const json = (name: string) => JSON.parse(metadata[name] ?? '{}') as Record<string, unknown>

const matrix = (name: string): Matrix => {
  const { shape, data } = tensors.get(name)!
  return createMatrix(shape[0]!, shape[1]!, data as Float32Array)
}
const head = { weight: matrix('head.weight'), bias: tensors.get('head.bias')!.data as Float32Array }
const outputs = (side: string) => ({ embedding: matrix(`${side}.embedding`), logits: matrix(`${side}.logits`), head })
const labelled = (side: string) => ({ ...outputs(side), labels: tensors.get(`${side}.labels`)!.data as Int32Array })

type AnyDefinition = ScoreDefinition<Need, Record<string, unknown>>
const camelCase = (name: string) => name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
const definitionOf = (name: string) =>
  (exported as unknown as Record<string, AnyDefinition>)[camelCase(name.split('@')[0]!)]!

/** What rounds to float32 on the way: the vectors of a bank, and the logits that a shaping hands on. */
const tolerances: Record<string, number> = Object.fromEntries([
  ['knn', 1e-6],
  ...['react', 'vra', 'ash-s', 'ash-b', 'ash-p', 'scale', 'dice'].map((name) => [name, 3e-7]),
])

test('the file holds 28 scores, each exported under its name', () => {
  expect(list('scores')).toHaveLength(28)
  for (const name of list('scores')) expect(definitionOf(name).name).toBe(name)
})

test.each([...list('scores'), ...list('variants')])('%s', async (name) => {
  const definition = definitionOf(name)
  const training = labelled(definition.fitsOn === 'validation' ? 'val' : 'train')
  const fitted = await definition(json(`${name}.options`)).fit([training as never])
  for (const side of ['id', 'ood']) {
    const scores = await fitted.score(outputs(side) as never)
    const expected = tensors.get(`${name}.${side}`)!.data as Float64Array
    const gap = scores.map((score, i) => Math.abs(score - expected[i]!) / Math.max(1, Math.abs(expected[i]!)))
    expect(Math.max(...gap)).toBeLessThan(tolerances[name.split('@')[0]!] ?? 1e-9)
  }
  await fitted.close()
})

test.each([
  ['temperature-scaled-msp', ['temperature']],
  ['react', ['ceiling']],
  ['vra', ['floor', 'ceiling']],
  ['vim', ['alpha']],
])('what %s has learnt', async (name, keys) => {
  const definition = definitionOf(name)
  const training = labelled(definition.fitsOn === 'validation' ? 'val' : 'train')
  const { state } = await definition(json(`${name}.options`)).fit([training as never])
  const learnt = (state as { shaping?: object }).shaping ?? state
  for (const key of keys) {
    expect((learnt as Record<string, number>)[key]).toBeCloseTo(json(`${name}.fitted`)[key] as number, 10)
  }
})
