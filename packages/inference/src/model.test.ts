import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { InvalidInputError, InvalidOptionError, ModeOodError } from '@mode-ood/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Model, openModel } from './index.ts'
import { randomImages, tinyModel } from './tiny-model.test.fixture.ts'

describe('run', () => {
  let model: Model
  beforeAll(async () => {
    model = await openModel({ onnx: tinyModel(), threads: 2, chunkSize: 3 })
  })
  afterAll(() => model.close())

  test('results depend neither on the split nor on the threads, bit for bit', async () => {
    const images = randomImages(17)
    const whole = await model.run(images)
    for (const [threads, chunkSize] of [
      [1, 64],
      [1, 1],
      [3, 2],
    ] as const) {
      const other = await openModel({ onnx: tinyModel(), threads, chunkSize })
      expect(await other.run(images)).toEqual(whole)
      await other.close()
    }
  })

  test('every image gets its own result, however many calls are under way', async () => {
    const images = randomImages(20)
    const whole = await model.run(images, { outputs: ['logits'] })
    const single = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        model.run({ ...images, count: 1, data: images.data.subarray(i * 192, (i + 1) * 192) }, { outputs: ['logits'] }),
      ),
    )
    const rows = Array.from({ length: 20 }, (_, i) => whole.logits.data.slice(i * 4, (i + 1) * 4))
    expect(single.map(({ logits }) => logits.data)).toEqual(rows)
  })

  test('the images are not touched', async () => {
    const images = randomImages(5)
    const copy = images.data.slice()
    await model.run(images)
    expect(images.data).toEqual(copy)
  })

  test('no images give empty outputs of the right widths', async () => {
    const outputs = await model.run({ count: 0, height: 8, width: 8, data: new Float32Array(0) })
    const data = new Float32Array(0)
    expect(outputs).toEqual({
      logits: { rows: 0, columns: 4, data },
      embedding: { rows: 0, columns: 16, data },
      featureMap: { count: 0, height: 6, width: 6, channels: 16, data },
      views: { count: 0, views: 6, dimension: 16, data },
    })
  })

  test('only what is asked for is returned', async () => {
    expect(Object.keys(await model.run(randomImages(2), { outputs: ['views', 'logits'] }))).toEqual(['views', 'logits'])
    await expect(model.run(randomImages(2), { outputs: ['map' as 'views'] })).rejects.toThrow(InvalidOptionError)
  })

  test.each([
    ['another size', { ...randomImages(1), height: 6 }, /images are 6 x 8, but the model takes 8 x 8/],
    [
      'data of another length',
      { ...randomImages(2), count: 3 },
      /3 images of 8 x 8 x 3 need 576 values, but 384 were given/,
    ],
    ['a count that is no number', { ...randomImages(1), count: Number.NaN }, /its count is NaN/],
    [
      'float64',
      { ...randomImages(1), data: new Float64Array(192) as unknown as Float32Array },
      /must be a Float32Array/,
    ],
    ['NaN', withPixel(randomImages(3), 200, Number.NaN), /image 1 of the batch holds the pixel value NaN/],
    [
      'infinities that cancel',
      withPixel(withPixel(randomImages(3), 400, Infinity), 401, -Infinity),
      /image 2 .* Infinity/,
    ],
  ])('%s is an error', async (_, images, message) => {
    const run = model.run(images)
    await expect(run).rejects.toThrow(InvalidInputError)
    await expect(run).rejects.toThrow(message)
  })

  test('a run that fails inside rejects, and the model stays usable', async () => {
    const bad = withPixel(randomImages(1), 0, 99)
    const runs = await Promise.allSettled([model.run(bad), model.run(randomImages(4)), model.run(bad)])
    expect(runs.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected'])
    await expect(model.run(bad)).rejects.toThrow(ModeOodError)
    await expect(model.run(bad)).rejects.toThrow(/tiny.onnx: the model could not run: .*Gather/)
  })
})

function withPixel(images: ReturnType<typeof randomImages>, index: number, value: number) {
  const data = images.data.slice()
  data[index] = value
  return { ...images, data }
}

describe('close', () => {
  test('lets runs under way finish and refuses later ones', async () => {
    const model = await openModel({ onnx: tinyModel(), threads: 2, chunkSize: 1 })
    const runs = Array.from({ length: 10 }, () => model.run(randomImages(7), { outputs: ['logits'] }))
    const closing = model.close()
    await expect(model.run(randomImages(1))).rejects.toThrow(/the model has been closed/)
    expect((await Promise.all(runs)).every(({ logits }) => logits.rows === 7)).toBe(true)
    await closing
    await expect(model.close()).resolves.toBeUndefined()
  })

  test.each([
    ['a model that is forgotten does not keep the process alive', '', 0],
    ['the process waits for a model to close', 'await model.close()', 0],
    [
      'the process may end while the model runs',
      'for (let i = 0; i < 9; i++) void model.run(images); setTimeout(() => process.exit(3), 50)',
      3,
    ],
  ])('%s', (_, rest, exitCode) => {
    const script = `
      import { openModel } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
      const model = await openModel({ onnx: ${JSON.stringify(tinyModel())}, threads: 2, chunkSize: 5000 })
      const images = { count: 9000, height: 8, width: 8, data: new Float32Array(9000 * 192) }
      const { logits } = await model.run({ ...images, count: 1, data: new Float32Array(192) })
      ${rest}
      process.stdout.write(String(logits.columns))`
    const args = ['--import', 'tsx', '--conditions=@mode-ood/source', '--input-type=module', '--eval', script]
    const cwd = fileURLToPath(new URL('.', import.meta.url))
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, timeout: 60_000, encoding: 'utf8' })
    expect({ status, stdout, stderr }).toEqual({ status: exitCode, stdout: '4', stderr: '' })
  })
})

describe('options', () => {
  test.each([
    ['an unknown option', { onnx: 'a.onnx', treads: 2 }, /Unrecognized key: "treads"/],
    ['no threads', { onnx: 'a.onnx', threads: 0 }, /option "threads"/],
    [
      'an unknown architecture',
      { architecture: 'resnet19', checkpoint: 'a' },
      /option "architecture": .*cifar-resnet20/,
    ],
    ['no file', { architecture: 'resnet18' }, /option "checkpoint"/],
  ])('%s is an error', async (_, options, message) => {
    const opening = openModel(options as Parameters<typeof openModel>[0])
    await expect(opening).rejects.toThrow(InvalidOptionError)
    await expect(opening).rejects.toThrow(message)
  })
})
