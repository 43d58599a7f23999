import { expect, test } from 'vitest'
import { checkSameRun } from './run-identity.ts'

const begun = { epochs: 3, model: { classes: 10, mean: [0.5, 0.4, 0.3] }, schedule: { name: 'cosine' } }
const check = (now: object) => () => checkSameRun(begun, { ...begun, ...now }, 'my.yaml', 'step-1')

test('the same configuration goes on', () =>
  expect(check({ model: { mean: [0.5, 0.4, 0.3], classes: 10 } })).not.toThrow())

test.each([
  [{ epochs: 4 }, 'my.yaml: "epochs" is 4, but the run of step-1 was begun with 3'],
  [{ model: { classes: 10, mean: [0.5, 0.4, 0.2] } }, '"model.mean" is [0.5,0.4,0.2], but'],
  [
    { schedule: { name: 'cosine', warmUp: { epochs: 1 } } },
    '"schedule.warmUp.epochs" is 1, but the run of step-1 was begun with none',
  ],
  [{ schedule: {} }, '"schedule.name" is absent'],
])('%j is another run', (now, sentence) => expect(check(now)).toThrow(sentence))
