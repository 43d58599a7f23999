import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { InvalidInputError, InvalidOptionError, NotFittedError } from '../errors.ts'
import { isFeatureBank } from '../score-state.ts'
import type { FeatureBank } from '../feature-bank.ts'
import type { ModelOutputs } from '../model-outputs.ts'
import { decodeState, encodeState } from '../score-state.ts'
import type { FittedScore, Need, Score, ScoreDefinition, TrainingBatch } from '../score.ts'
import { selectOutputs } from './select-outputs.ts'
import { createTestOutputs, type TestOutputs } from './test-outputs.ts'

export interface TestScoreSettings<OptionsInput> {
  /** Options under which the contract is tried; the score's defaults unless given. */
  readonly options?: OptionsInput
  /** Option objects the score must refuse, beside one with an unknown key. */
  readonly badOptions?: readonly unknown[]
  /** Model outputs to try it on; a seeded problem of five classes unless given. */
  readonly outputs?: TestOutputs
  /** Largest relative difference between a score computed alone and in a batch, or from other training batches. */
  readonly tolerance?: number
}

/**
 * The contract every score keeps, as a block of vitest tests: finite, one number an image, equivariant to the order of
 * images, independent of batch sizes, refusing to score before it was fitted, refusing bad options, leaving its inputs
 * alone, and scoring the same after it was saved and loaded. Takes a definition, or a score that is made otherwise.
 *
 * @example testScore(myScore, { options: { k: 5 } })
 */
export function testScore<N extends Need, OptionsInput>(
  subject: ScoreDefinition<N, OptionsInput> | Score<N>,
  settings: TestScoreSettings<OptionsInput> = {},
): void {
  const create = (options?: OptionsInput) => (typeof subject === 'function' ? subject(options) : subject)
  const outputs = settings.outputs ?? createTestOutputs()
  const tolerance = settings.tolerance ?? 1e-9
  const fitted: FittedScore<N>[] = []
  const fit = async (batchSize = 64): Promise<FittedScore<N>> => {
    const ready = await create(settings.options).fit(trainingBatches<N>(outputs.training, batchSize))
    fitted.push(ready)
    return ready
  }
  const expectClose = (actual: Float64Array, expected: Float64Array) => {
    expect(actual.length).toBe(expected.length)
    const scale = Math.max(1, ...expected.map(Math.abs))
    for (const [i, value] of expected.entries())
      expect(Math.abs(actual[i]! - value) / scale).toBeLessThanOrEqual(tolerance)
  }

  describe(`score contract: ${subject.name}`, () => {
    afterEach(async () => {
      for (const ready of fitted.splice(0)) await ready.close()
    })

    test('gives one finite number an image', async () => {
      const ready = await fit()
      for (const side of [outputs.id, outputs.ood]) {
        const scores = await ready.score(side)
        expect(scores).toBeInstanceOf(Float64Array)
        expect(scores.length).toBe(side.logits.rows)
        expect(scores.every((score) => Number.isFinite(score))).toBe(true)
      }
    })

    test('does not depend on the other images of a batch or on their order', async () => {
      const ready = await fit()
      const together = await ready.score(outputs.id)
      const count = together.length
      const order = Array.from({ length: count }, (_, i) => (i * 7 + 3) % count)
      const permuted = await ready.score(selectOutputs(outputs.id, order))
      expectClose(
        permuted,
        Float64Array.from(order, (row) => together[row]!),
      )
      for (let i = 0; i < count; i++) {
        expectClose(await ready.score(selectOutputs(outputs.id, [i])), together.slice(i, i + 1))
      }
      expect((await ready.score(selectOutputs(outputs.id, []))).length).toBe(0)
    })

    test('does not depend on how the training images are batched', async () => {
      const reference = await (await fit(outputs.training.logits.rows)).score(outputs.id)
      expectClose(await (await fit(33)).score(outputs.id), reference)
    })

    test('refuses to score before it was fitted, if it learns', async () => {
      const score = create(settings.options)
      expect([score.needsFit, score.fitsOn]).toEqual([subject.needsFit, subject.fitsOn])
      if (subject.needsFit) await expect(score.score(outputs.id)).rejects.toThrow(NotFittedError)
      else expectClose(await score.score(outputs.id), await (await fit()).score(outputs.id))
    })

    if (typeof subject === 'function') {
      test('refuses options it does not know', () => {
        for (const bad of [{ noSuchOption: 1 }, ...(settings.badOptions ?? [])]) {
          expect(() => create(bad as OptionsInput), JSON.stringify(bad)).toThrow(InvalidOptionError)
        }
      })
    }

    test('refuses outputs that hold NaN or are missing', async () => {
      const ready = await fit()
      const spoiled = selectOutputs(outputs.id, [0, 1])
      const need = subject.needs.find((name) => name !== 'head')!
      ;(spoiled[need] as { data: Float32Array }).data[0] = Number.NaN
      await expect(ready.score(spoiled)).rejects.toThrow(InvalidInputError)
      await expect(ready.score({} as ModelOutputs)).rejects.toThrow(InvalidInputError)
    })

    test('leaves its inputs alone', async () => {
      const before = arraysIn(outputs).map((array) => array.slice())
      await (await fit()).score(outputs.id)
      // Compared as bytes: element by element takes longer than all other tests of a score.
      const changed = arraysIn(outputs).filter((array, i) => Buffer.compare(bytesOf(array), bytesOf(before[i]!)) !== 0)
      expect(changed).toEqual([])
    })

    test('scores the same after it was saved and loaded', async () => {
      const ready = await fit()
      const directory = await mkdtemp(join(tmpdir(), 'score-contract-'))
      try {
        const restored = create(settings.options).restore(await saveAndLoad(ready.state, directory))
        fitted.push(restored)
        expect(await restored.score(outputs.id)).toEqual(await ready.score(outputs.id))
      } finally {
        await rm(directory, { recursive: true, force: true })
      }
    })
  })
}

type OutputArray = Float32Array | Int32Array

/** All arrays in model outputs, in a fixed order. */
function arraysIn(outputs: object): OutputArray[] {
  return Object.values(outputs).flatMap((value) => {
    if (value instanceof Float32Array || value instanceof Int32Array) return [value]
    return typeof value === 'object' ? arraysIn(value) : []
  })
}

const bytesOf = (array: OutputArray) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength)

/** Batches that can be gone through more than once, as a score with two passes does. */
function trainingBatches<N extends Need>(training: TestOutputs['training'], size: number): Iterable<TrainingBatch<N>> {
  return {
    *[Symbol.iterator]() {
      for (let start = 0; start < training.labels.length; start += size) {
        const rows = Array.from({ length: Math.min(size, training.labels.length - start) }, (_, i) => start + i)
        const labels = training.labels.slice(start, start + size)
        yield { ...selectOutputs(training, rows), labels } as unknown as TrainingBatch<N>
      }
    },
  }
}

/** Through text, copied arrays and bank directories, as a serialiser would. */
async function saveAndLoad(state: unknown, directory: string): Promise<unknown> {
  const { json, arrays, banks } = encodeState(state)
  const reopened = new Map<string, FeatureBank>()
  for (const [path, bank] of banks) {
    expect(isFeatureBank(bank)).toBe(true)
    const place = join(directory, path)
    await bank.save(place)
    reopened.set(path, await bank.reopen(place))
  }
  return decodeState({ json: JSON.parse(JSON.stringify(json)), arrays: structuredClone(arrays), banks: reopened })
}
