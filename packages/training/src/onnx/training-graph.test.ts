import { networkPlan } from '@mode-ood/backbones'
import { relativeError } from '@mode-ood/testing'
import { Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { viewsOfLoss } from '../loss-options.ts'
import { trainingEntries } from '../training-entries.ts'
import { composeLoss } from './compose-loss.ts'
import { emitEvaluationGraph } from './emit-evaluation-graph.ts'
import { emitTrainingGraph, type TrainingGraphOptions } from './emit-training-graph.ts'
import { blockedLayout } from './blocked/blocked-layout.ts'
import { probeBlockSize } from './blocked/block-size.ts'
import { plainLayout } from './plain/plain-layout.ts'
import { runGraph } from './run-graph.test.fixture.ts'
import { readTorchSteps, torchSteps, twoViewSteps } from './torch-steps.test.fixture.ts'

// float32 against PyTorch in float64; sums over a batch cost a digit
const precision = 1e-5

const layouts = [plainLayout, blockedLayout((await probeBlockSize())!)]

describe.each(layouts)('$name layout', (layout) => {
  const fitting = [...torchSteps, ...twoViewSteps].filter((name) => {
    const { spec, images } = readTorchSteps(name)
    return layout.refusal(spec, images.height, images.width) === undefined
  })
  describe.each(fitting)('%s', (name) => {
    const steps = readTorchSteps(name)
    const { spec, optimizer, classes, images, labels, loss } = steps
    const channels = networkPlan(spec).dimension
    const { tensors: lossTensors, readsLogits, emit } = composeLoss(loss, { channels, classes })
    const classifierRole = readsLogits ? 'learnt' : 'carried'
    const variables = layout.variables(trainingEntries(spec, { classes, classifierRole, lossTensors }))
    const { data, ...shape } = images
    const options: TrainingGraphOptions = {
      spec,
      classes,
      layout,
      variables,
      loss: emit,
      views: viewsOfLoss(loss),
      images: shape,
    }
    const feeds = {
      images: new Tensor('float32', data, [shape.count, shape.height, shape.width, 3]),
      labels: new Tensor('int32', labels, [labels.length]),
    }

    test('gives the loss and the gradients of PyTorch', async () => {
      const run = await runGraph(emitTrainingGraph(options), variables, { feeds, state: steps.tensors('before') })
      expect(Math.abs(run.output('loss')[0]! / steps.losses[0]! - 1)).toBeLessThan(precision)
      const gradients = run.tensors('gradient')
      const expected = steps.tensors('gradient')
      expect([...gradients.keys()].sort()).toEqual([...expected.keys()].sort())
      for (const [tensor, gradient] of expected) {
        // little reaches ALPA's queries and keys: differences of cosines that are nearly alike
        const least = /^alpa\.(query|key)/.test(tensor) ? 3 * precision : precision
        expect(relativeError(gradients.get(tensor)!, gradient), tensor).toBeLessThan(least)
      }
    })

    test('is after two steps where PyTorch is, running statistics included', async () => {
      const graph = emitTrainingGraph({ ...options, optimizer })
      let state: Map<string, Float32Array> = steps.tensors('before')
      let velocities = new Map<string, Float32Array>()
      for (const [i, learningRate] of steps.learningRates.entries()) {
        const rate = new Tensor('float32', [learningRate], [])
        const run = await runGraph(graph, variables, { feeds: { ...feeds, learningRate: rate }, state, velocities })
        expect(Math.abs(run.output('loss')[0]! / steps.losses[i]! - 1)).toBeLessThan(precision)
        state = new Map([...state, ...run.tensors('next')])
        velocities = run.tensors('next.velocity')
      }
      for (const [tensor, values] of steps.tensors('after')) {
        expect(relativeError(state.get(tensor)!, values), tensor).toBeLessThan(precision)
      }
      const run = await runGraph(emitEvaluationGraph(options), variables, { feeds, state })
      expect(relativeError(run.output('logits'), steps.logits)).toBeLessThan(10 * precision)
    })
  })
})
