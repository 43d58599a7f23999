import { parseHTML } from 'linkedom'
import { expect, test } from 'vitest'
import { renderTraining, type TrainingHistory, type TrainingRecord } from './index.ts'
import { arrangeResults, hostile } from './results.test.fixture.ts'

const steps = (count: number): TrainingRecord[] =>
  Array.from({ length: count }, (_, i) => ({
    kind: 'steps',
    epoch: Math.floor(i / 20),
    step: i + 1,
    loss: 3 / (1 + i),
    parts: { ce: 2 / (1 + i), alpa: 1 / (1 + i) },
    learningRate: 0.1,
    imagesPerSecond: 200 + i,
  }))
const evaluation = (epoch: number, idAccuracy: number | null = 0.5 + epoch / 100): TrainingRecord => {
  const { scores } = arrangeResults({ scores: [hostile], sets: ['near', `<i>${hostile}`] }).results
  return { kind: 'evaluation', epoch, step: (epoch + 1) * 20, idAccuracy, scores }
}
const history = (records: TrainingRecord[]): TrainingHistory => ({
  name: hostile,
  facts: [['Loss', hostile]],
  epochs: 5,
  stepsPerEpoch: 20,
  records,
})

test('shows curves of all parts and a row for every evaluation, and lets no name become markup', async () => {
  const html = await renderTraining(history([...steps(40), evaluation(0), evaluation(1, null)]))
  const { document } = parseHTML(html)
  expect(document.querySelector('.about')!.textContent).toContain('2 of 5 epochs so far')
  expect(document.querySelector('.finding')!.textContent).toBe(
    'The loss is 0.075 (ce 0.05, alpa 0.025), and 50.00 % of the test images are classified rightly.',
  )
  expect(document.querySelectorAll('.curves svg.plot')).toHaveLength(3)
  expect([...document.querySelectorAll('.legend li')].map((item) => item.textContent)).toEqual(['loss', 'ce', 'alpa'])
  const rows = [...document.querySelectorAll('table')[0]!.querySelectorAll('tbody tr')]
  expect(rows.map((row) => [...row.children].slice(0, 3).map((cell) => cell.textContent))).toEqual([
    ['1', '50.00', '87.50'],
    ['2', '–', '87.50'],
  ])
  expect(document.querySelectorAll('img, script, i')).toHaveLength(0)
  expect(document.querySelector('dd')!.textContent).toBe(hostile)
})

test('its size is bounded, whatever the number of steps', async () => {
  const [some, many] = [await renderTraining(history(steps(400))), await renderTraining(history(steps(20_000)))]
  expect(many.length).toBeLessThan(some.length * 1.1)
})

test('a training without a step, and one whose evaluations are of accuracy alone', async () => {
  expect(await renderTraining(history([]))).toContain('Nothing has been trained yet.')
  const record: TrainingRecord = { kind: 'evaluation', epoch: 0, step: 20, idAccuracy: 0.25, scores: [] }
  const { document } = parseHTML(await renderTraining(history([...steps(20), record])))
  expect(document.querySelector('tbody tr')!.textContent).toBe('125.00')
})
