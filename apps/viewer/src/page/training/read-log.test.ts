import { describe, expect, test } from 'vitest'
import { readLog } from './read-log.ts'

const steps = {
  kind: 'steps',
  epoch: 0,
  step: 10,
  loss: 2.3,
  parts: { ce: 2, alignment: 0.3 },
  learningRate: 0.1,
  imagesPerSecond: 100,
}
const evaluation = {
  kind: 'evaluation',
  epoch: 0,
  step: 10,
  idAccuracy: null,
  scores: [{ name: 'msp', options: {}, sets: [{ name: 'far', auroc: 0.9 }], averages: {} }],
}

describe('the log of a training', () => {
  test('is read line by line', () => {
    const log = readLog(`${JSON.stringify(steps)}\n${JSON.stringify(evaluation)}\n`)
    expect(log).toEqual({ steps: [steps], evaluations: [evaluation] })
  })

  test.each<[string, unknown]>([
    ['no loss', { ...steps, loss: undefined }],
    ['no number for the loss', { ...steps, loss: null }],
    ['no parts', { ...steps, parts: undefined }],
    ['a part that is null', { ...steps, parts: { ce: null } }],
    ['no speed', { ...steps, imagesPerSecond: null }],
    ['no learning rate', { ...steps, learningRate: undefined }],
    ['no epoch', { ...steps, epoch: undefined }],
    ['no scores', { ...evaluation, scores: null }],
    ['a score without sets', { ...evaluation, scores: [{ name: 'msp', options: {} }] }],
    ['a score without options', { ...evaluation, scores: [{ name: 'msp', sets: [] }] }],
    ['a set without AUROC', { ...evaluation, scores: [{ name: 'msp', options: {}, sets: [{ name: 'far' }] }] }],
    ['no object', null],
    ['another kind', { ...steps, kind: 'note' }],
  ])('is read without a line that has %s', (_, damaged) => {
    const log = readLog([steps, damaged, evaluation].map((record) => JSON.stringify(record)).join('\n'))
    expect(log).toEqual({ steps: [steps], evaluations: [evaluation] })
  })

  test('is read without a line that is still being written', () => {
    expect(readLog(`${JSON.stringify(steps)}\n${JSON.stringify(evaluation).slice(0, 40)}`).steps).toEqual([steps])
  })
})
