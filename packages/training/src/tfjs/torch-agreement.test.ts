import { prepareBackend } from '@mode-ood/backend'
import type { StateDict } from '@mode-ood/core'
import { relativeError, tolerance } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { readTorchSteps, torchSteps } from '../onnx/torch-steps.test.fixture.ts'
import { trainingEntries } from '../training-entries.ts'
import { computeGradients } from './compute-gradients.ts'
import { createTfjsTrainer } from './create-tfjs-trainer.ts'
import { smoothedCrossEntropy } from './smoothed-cross-entropy.test.fixture.ts'
import { createVariables, writeState } from './variables.ts'

const backends = ['cpu', 'wasm'] as const

describe.each(torchSteps.flatMap((name) => backends.map((backend) => ({ name, backend }))))(
  '$name on $backend',
  ({ name, backend }) => {
    const steps = readTorchSteps(name)
    const { spec, classes, images, labels, optimizer } = steps
    const entries = trainingEntries(spec, { classes })
    const stateDict = (kind: 'before' | 'after'): StateDict => {
      const tensors = steps.tensors(kind)
      return new Map(entries.map(({ name: key, shape }) => [key, { dtype: 'F32', shape, data: tensors.get(key)! }]))
    }

    test('gives the loss and the gradients of PyTorch', async () => {
      const { tf } = await prepareBackend({ prefer: backend })
      const compute = smoothedCrossEntropy(tf, steps.labelSmoothing)
      const variables = createVariables(tf, entries, { momentum: 0 })
      writeState(tf, variables, steps.tensors('before'))
      const computed = computeGradients({ tf, spec, variables, loss: { compute } }, { images, labels })
      expect(computed.loss.dataSync()[0]! / steps.losses[0]!).toBeCloseTo(1, 5)
      const expected = steps.tensors('gradient')
      expect(Object.keys(computed.gradients).sort()).toEqual([...expected.keys()].sort())
      for (const [key, gradient] of expected) {
        const given = tf.tidy(() => {
          const tensor = computed.gradients[key]!
          return (tensor.rank === 4 ? tf.transpose(tensor, [3, 2, 0, 1]) : tensor).dataSync()
        })
        expect(relativeError(given, gradient), key).toBeLessThan(tolerance.float32)
      }
      tf.dispose([...variables.values()].map(({ value }) => value))
      tf.dispose(computed as never)
    })

    test('is after two steps where PyTorch is, running statistics included', async () => {
      const { tf } = await prepareBackend({ prefer: backend })
      const loss = smoothedCrossEntropy(tf, steps.labelSmoothing)
      const trainer = await createTfjsTrainer({ spec, classes, loss, optimizer, backend, state: stateDict('before') })
      for (const [i, learningRate] of steps.learningRates.entries()) {
        const result = await trainer.step({ images, labels }, learningRate)
        expect(result.loss / steps.losses[i]!).toBeCloseTo(1, 5)
        expect(result.parts).toEqual({})
      }
      const state = await trainer.state()
      for (const [key, { data, shape }] of stateDict('after')) {
        expect(state.get(key)!.shape).toEqual(shape)
        expect(relativeError(state.get(key)!.data as Float32Array, data as Float32Array), key).toBeLessThan(
          tolerance.float32,
        )
      }
      const { logits } = await trainer.evaluate(images)
      expect(relativeError(logits!.data, steps.logits)).toBeLessThan(10 * tolerance.float32)
      await trainer.close()
    })
  },
)
