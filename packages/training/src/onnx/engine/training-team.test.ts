import { expect, test } from 'vitest'
import { startState } from '../../start-state.ts'
import { planSteps } from '../plan-steps.ts'
import { readTorchSteps } from '../torch-steps.test.fixture.ts'
import { startTeam } from './training-team.ts'

const { spec, classes, images, labels } = readTorchSteps('pad')
const plan = planSteps({ spec, classes, loss: 'ce', workers: 2 })
const values = startState(undefined, { spec, entries: plan.entries, seed: 1, velocities: true })
const script = new URL('doomed-thread.test.fixture.mjs', import.meta.url)

test.each([
  ['exits', 3, 'worker 2 of the trainer ended unexpectedly with code 3'],
  ['throws', 4, 'worker 2 of the trainer failed: out of luck'],
  ['cannot step', 5, "worker 2 of the trainer: Tensor's size"],
])('a worker that %s ends the run with its error, and nothing hangs', async (_, learningRate, message) => {
  const team = startTeam(plan, script)
  await team.load({ name: 'plain' }, values)
  await team.step({ images, labels }, 0.1)
  const doomed = team.step({ images, labels }, learningRate)
  const behind = team.step({ images, labels }, 0.1)
  await expect(doomed).rejects.toThrow(message)
  await expect(behind).rejects.toThrow(message)
  await expect(team.read()).rejects.toThrow(message)
  await team.close()
})
