import { relativeError, tolerance } from '@mode-ood/testing'
import { InvalidOptionError, type StateDict } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { createTrainer } from './create-trainer.ts'
import { readTorchSteps, type torchSteps } from './onnx/torch-steps.test.fixture.ts'
import type { TrainerOptions } from './trainer.ts'
import { trainingEntries } from './training-entries.ts'

/** A network that has learnt: its running statistics are not those of a new one. */
function problem(name: (typeof torchSteps)[number]) {
  const { spec, classes, images, labels, tensors } = readTorchSteps(name)
  const after = tensors('after')
  const state: StateDict = new Map(
    trainingEntries(spec, { classes }).map(({ name: tensor, shape }) => [
      tensor,
      { dtype: 'F32', shape, data: after.get(tensor)! } as const,
    ]),
  )
  return { options: { spec, classes, loss: 'ce', state } satisfies TrainerOptions, batch: { images, labels }, classes }
}

const isStem = (name: string) => /^(conv1|bn1)\./.test(name)
const frozenNames = (state: StateDict, stages: number) =>
  [...state.keys()].filter((name) => isStem(name) || Number(/^layer(\d)/.exec(name)?.[1] ?? Infinity) <= stages)

const engines: [string, Partial<TrainerOptions>][] = [
  ['onnx, blocked', {}],
  ['onnx, plain', { layout: 'plain' }],
  ['onnx, two workers', { workers: 2 }],
  ['tfjs', { engine: 'tfjs', backend: 'wasm' }],
]

describe.each(engines)('%s', (_, engine) => {
  test('frozen tensors keep their bits and have no velocity; all others move', async () => {
    const { options, batch } = problem('pad')
    const trainer = await createTrainer({ ...options, ...engine, frozenStages: 1 })
    await trainer.step(batch, 0.1)
    await trainer.step(batch, 0.1)
    const state = await trainer.state()
    await trainer.close()
    const frozen = frozenNames(options.state, 1)
    expect(frozen.length).toBeGreaterThan(9)
    const kept = [...options.state].filter(
      ([name, { data }]) => relativeError(dataOf(state, name), data as Float32Array) === 0,
    )
    expect(kept.map(([name]) => name)).toEqual(frozen)
    const remembered = [...state.keys()].filter((name) => name.startsWith('velocity.')).map((name) => name.slice(9))
    const isLearnt = (name: string) => !frozen.includes(name) && !name.includes('running_')
    expect(remembered).toEqual([...options.state.keys()].filter(isLearnt))
  })

  test('stages that were frozen go on to learn, their velocities from zero', async () => {
    const { options, batch } = problem('pad')
    const frozen = await createTrainer({ ...options, ...engine, frozenStages: 1 })
    await frozen.step(batch, 0.1)
    const saved = await frozen.state()
    await frozen.close()
    const names = frozenNames(options.state, 1).filter((name) => !name.includes('running_'))
    const zeros = names.map((name) => {
      const { shape } = options.state.get(name)!
      const data = new Float32Array(shape.reduce((product, length) => product * length, 1))
      return [`velocity.${name}`, { dtype: 'F32', shape, data }] as const
    })
    const complete = new Map([...saved, ...zeros])
    const trainer = await createTrainer({ ...options, ...engine, state: saved })
    await trainer.step(batch, 0.1)
    const found = await trainer.state()
    await trainer.restore(complete)
    await trainer.step(batch, 0.1)
    const expected = await trainer.state()
    await trainer.restore(saved)
    await trainer.step(batch, 0.1)
    expect([...found.keys()]).toEqual([...expected.keys()])
    expect(found).toEqual(expected)
    expect(await trainer.state()).toEqual(expected)
    const torn = new Map([...saved, zeros[0]!])
    await expect(trainer.restore(torn)).rejects.toThrow(/the velocities .* are missing/)
    await trainer.close()
  })

  test('a frozen network trains its classifier on what it says in evaluation mode', async () => {
    const { options, batch, classes } = problem('projection')
    const trainer = await createTrainer({ ...options, ...engine, frozenStages: options.spec.stages.length })
    const { logits } = await trainer.evaluate(batch.images)
    const { loss } = await trainer.step(batch, 0.1)
    const state = await trainer.state()
    await trainer.close()
    const rows = [...batch.labels].map((label, i) => {
      const row = [...logits!.data.subarray(i * classes, (i + 1) * classes)]
      return Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0)) - row[label]!
    })
    const expected = rows.reduce((sum, value) => sum + value, 0) / rows.length
    expect(relativeError([loss], [expected])).toBeLessThan(tolerance.float32)
    const moved = [...options.state.keys()].filter(
      (name) => relativeError(dataOf(state, name), dataOf(options.state, name)) > 0,
    )
    expect(moved.sort()).toEqual([`${options.spec.headName}.bias`, `${options.spec.headName}.weight`])
  })
})

test.each(['pad', 'projection', 'imagenet'] as const)(
  'both engines and layouts agree on what %s learns behind frozen stages',
  async (name) => {
    const { options, batch } = problem(name)
    const states = []
    for (const engine of [{ engine: 'tfjs', backend: 'wasm' }, {}, { layout: 'plain' }] as const) {
      const trainer = await createTrainer({ ...options, ...engine, frozenStages: 1 })
      await trainer.step(batch, 0.1)
      states.push(await trainer.state())
      await trainer.close()
    }
    const [expected, ...others] = states
    for (const other of others) {
      expect([...other.keys()]).toEqual([...expected!.keys()])
      for (const key of expected!.keys()) {
        expect(relativeError(dataOf(other, key), dataOf(expected!, key)), key).toBeLessThan(2 * tolerance.float32)
      }
    }
  },
)

test.each([
  ['more stages than there are', { frozenStages: 7 }, 'option "frozenStages"'],
  ['half a stage', { frozenStages: 0.5 }, 'option "frozenStages"'],
  ['random stages', { frozenStages: 1, state: undefined }, 'these stages would stay random'],
])('%s cannot be frozen', async (_, change, message) => {
  for (const engine of ['onnx', 'tfjs'] as const) {
    const options = { ...problem('pad').options, engine, ...change } as TrainerOptions
    await expect(createTrainer(options)).rejects.toThrow(InvalidOptionError)
    await expect(createTrainer(options)).rejects.toThrow(message)
  }
})

function dataOf(state: StateDict, name: string): Float32Array {
  return state.get(name)!.data as Float32Array
}
