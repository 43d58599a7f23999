import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSafetensors } from '@mode-ood/safetensors'
import { temporaryDirectory } from '@mode-ood/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, smallConfiguration, smallEvaluation } from './command.test.fixture.ts'

const shared = smallEvaluation()

/** A configuration with these scores in a directory, and the arguments that explain its evaluation there. */
function arrange(directory: string, scores: unknown[]): string[] {
  const file = join(directory, 'evaluate.json')
  writeFileSync(file, JSON.stringify({ ...smallConfiguration(shared), scores }))
  return ['--config', file, '--no-cache', '--threads', '1', '--output', directory, '--explain']
}

describe('--explain', () => {
  let tensors: ReturnType<typeof readSafetensors>['tensors']
  let scores: typeof tensors
  let metadata: Record<string, string>
  let pictures: { sets: { name: string; rows: number[] | null }[] }
  const directory = mkdtempSync(join(tmpdir(), 'mode-ood-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  const numbers = (name: string) => tensors.get(name)!.data as Float32Array

  beforeAll(async () => {
    // The plain decision is neither the first csd nor the only one.
    const others = [{ name: 'csd', k: 2, aggregation: 'mean' }]
    const { code, stderr } = await run(...arrange(directory, [...others, { name: 'csd', k: 3 }]))
    if (code !== 0) throw new Error(stderr)
    ;({ tensors, metadata } = readSafetensors(readFileSync(join(directory, 'explanation.safetensors'))))
    scores = readSafetensors(readFileSync(join(directory, 'scores.safetensors'))).tensors
    pictures = JSON.parse(readFileSync(join(directory, 'images.json'), 'utf8')) as typeof pictures
  })

  test('the nearest view of every image gives it the score that the csd it names gave', () => {
    expect(metadata['score']).toBe('csd k=3')
    const distances = numbers('distances')
    const least = Array.from({ length: 64 }, (_, image) => -Math.min(...distances.subarray(image * 6, image * 6 + 6)))
    const expected = [...scores.get('csd k=3/id')!.data, ...scores.get('csd k=3/ood/other')!.data] as number[]
    for (const [image, score] of least.entries()) expect(score).toBeCloseTo(expected[image]!, 6)
  })

  test('neighbours are sorted, the last is the k-th, and their images have pictures', () => {
    const [near, kth] = [numbers('neighborDistances'), numbers('distances')]
    for (let view = 0; view < 64 * 6; view++) {
      expect([...near.subarray(view * 3, view * 3 + 3)]).toEqual(
        [...near.subarray(view * 3, view * 3 + 3)].sort((a, b) => a - b),
      )
      expect(near[view * 3 + 2]).toBe(kth[view])
    }
    const images = new Set([...numbers('neighbors')].map((vector) => Math.floor(vector / 6)))
    const training = pictures.sets.find(({ name }) => name === 'id.train')!
    expect(training.rows).toEqual([...images].sort((a, b) => a - b))
  })

  test('a window in a corner of the heat map sees what the quadrant sees', () => {
    // The map is 6 x 6, a quadrant 3 x 3: it fits at 4 x 4 places.
    expect([metadata['mapHeight'], metadata['windowWidth'], tensors.get('heat')!.shape]).toEqual(['6', '3', [64, 4, 4]])
    const [heat, distances] = [numbers('heat'), numbers('distances')]
    for (let image = 0; image < 64; image++) {
      const corners = [0, 3, 12, 15].map((place) => heat[image * 16 + place]!)
      for (const [view, value] of corners.entries()) expect(value).toBeCloseTo(distances[image * 6 + view]!, 6)
    }
  })

  test.each([
    [{ neighbors: 'images' }, 'neighbors "images"'],
    [{ banks: 'per-view', calibrated: true }, 'banks "per-view", calibrated true'],
    [{ aggregation: 'mean' }, 'aggregation "mean"'],
    [{ aggregation: 'soft-min', inverseTemperature: 5 }, 'aggregation "soft-min"'],
  ])('csd with %o is another decision than the one explained', async (options, named) => {
    const { code, stderr } = await run(...arrange(temporaryDirectory(), [{ name: 'csd', ...options }]))
    const message = `--explain shows how csd decides by k alone, but it is evaluated with ${named}: evaluate it without that too`
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })

  test('where csd is left out of all scores, the run says that nothing is explained', async () => {
    const output = temporaryDirectory()
    const file = join(output, 'evaluate.json')
    const { id, ...others } = smallConfiguration(shared) as { id: { test: unknown } }
    writeFileSync(file, JSON.stringify({ ...others, id: { test: id.test }, scores: 'all' }))
    const options = ['--no-cache', '--threads', '1', '--output', output, '--explain', '--no-pictures']
    const { code, stderr } = await run('--config', file, ...options)
    expect([code, stderr]).toEqual([0, expect.stringContaining('csd was left out: there is nothing to explain')])
    expect(existsSync(join(output, 'explanation.safetensors'))).toBe(false)
  })

  test('without csd there is nothing to explain', async () => {
    const { code, stderr } = await run(...arrange(temporaryDirectory(), ['msp']))
    expect([code, stderr]).toEqual([2, expect.stringContaining('--explain shows the regions that csd compares')])
  })
})
