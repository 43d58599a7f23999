import { readFileSync } from 'node:fs'
import type { Worker } from 'node:worker_threads'
import { ModeOodError } from '@mode-ood/core'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { openSessionPool } from './session-pool.ts'
import { tinyModel } from './tiny-model.test.fixture.ts'

const started: Worker[] = []

// The pool keeps its threads to itself; the tests must get hold of them to end them.
vi.mock('node:worker_threads', async (original) => {
  const threads = await original<typeof import('node:worker_threads')>()
  class Recorded extends threads.Worker {
    constructor(...parameters: ConstructorParameters<typeof Worker>) {
      super(...parameters)
      started.push(this)
    }
  }
  return { ...threads, Worker: Recorded }
})

const open = (threads: number) =>
  openSessionPool({ model: readFileSync(tinyModel()), input: 'x', threads, name: 'tiny.onnx' })

const job = (count: number) => ({
  makeData: () => new Float32Array(count * 192),
  shape: [count, 3, 8, 8],
  outputs: ['y'],
})

describe('openSessionPool', () => {
  beforeEach(() => {
    started.length = 0
  })

  test('when a worker dies, everything under way and everything later is rejected, and nothing hangs', async () => {
    const pool = await open(2)
    const runs = Promise.allSettled(Array.from({ length: 20 }, () => pool.run(job(2000))))
    // Ending a thread inside onnxruntime takes the whole process with it, so its end is only announced.
    started[0]!.emit('exit', 1)
    const failed = (await runs).filter((run) => run.status === 'rejected')
    expect(failed.length).toBeGreaterThan(0)
    for (const { reason } of failed) expect(reason).toBeInstanceOf(ModeOodError)
    await expect(pool.run(job(1))).rejects.toThrow(/tiny.onnx: a worker thread ended unexpectedly with code/)
    await expect(pool.close()).resolves.toBeUndefined()
  })

  test('when a worker throws, its error is the reason', async () => {
    const pool = await open(1)
    const run = pool.run(job(2000))
    started[0]!.emit('error', new Error('out of memory'))
    await expect(run).rejects.toThrow(/tiny.onnx: a worker thread failed: out of memory/)
    await pool.close()
  })

  test('a model that onnxruntime refuses is an error, and no thread is left', async () => {
    const opening = openSessionPool({ model: Uint8Array.of(1, 2, 3), input: 'x', threads: 2, name: 'broken.onnx' })
    await expect(opening).rejects.toThrow(/broken.onnx: onnxruntime cannot open the model: /)
    expect(started.map(({ threadId }) => threadId)).toEqual([-1, -1])
  })

  test('a batch that cannot be made rejects only itself', async () => {
    const pool = await open(1)
    const makeData = () => {
      throw new RangeError('Array buffer allocation failed')
    }
    await expect(pool.run({ ...job(1), makeData })).rejects.toThrow(/could not be made: Array buffer allocation failed/)
    const { y } = await pool.run(job(3))
    expect(y!.shape).toEqual([3, 4])
    await pool.close()
    expect(started[0]!.threadId).toBe(-1)
  })
})
