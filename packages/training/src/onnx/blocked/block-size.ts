import { createGraph } from '@mode-ood/onnx-graph'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { blockedDomain } from './blocked-graph.ts'

/**
 * Channels in a block of the runtime's own layout on this machine: 16 with AVX-512, 8 with AVX2 or NEON; `undefined` where
 * the runtime has no such layout. Takes some milliseconds.
 */
export async function probeBlockSize(): Promise<number | undefined> {
  const channels = 16
  const graph = createGraph({ domains: { [blockedDomain]: 1 } })
  const plain = graph.input('plain', 'float32', [1, channels, 1, 2])
  graph.node('ReorderInput', [plain], {}, { domain: blockedDomain, name: 'blocked' })
  graph.output('blocked', 'float32', [1, channels, 1, 2])
  const values = Float32Array.from({ length: 2 * channels }, (_, i) => i)
  try {
    const session = await InferenceSession.create(graph.encode(), { intraOpNumThreads: 1, logSeverityLevel: 4 })
    const { blocked } = await session.run({ plain: new Tensor('float32', values, [1, channels, 1, 2]) })
    await session.release()
    // the second column of channel 0 follows the first column of all channels of its block
    const size = (blocked!.data as Float32Array).indexOf(1)
    return size > 1 ? size : undefined
  } catch {
    return undefined
  }
}
