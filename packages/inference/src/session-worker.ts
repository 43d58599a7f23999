// A worker thread with one single-threaded onnxruntime session; see session-pool.ts.
import { parentPort, workerData } from 'node:worker_threads'
import { applyNormalization } from '@mode-ood/core'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { SessionReply, SessionRequest, SessionSettings, SessionTensor } from './session-messages.ts'
import { computeUnlessStopped, type SessionControl } from './session-control.ts'
import { sessionOptions } from './session-options.ts'

const settings: SessionSettings & { readonly control: SessionControl } = workerData
const port = parentPort!

const reply = (message: SessionReply, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

try {
  // onnxruntime takes no shared memory, so every worker needs its own bytes, until the session is open.
  const open = () => InferenceSession.create(settings.model.slice(), sessionOptions)
  const session = await computeUnlessStopped(settings.control, open)
  port.on('message', (request: SessionRequest | 'end') => {
    if (request === 'end') port.close()
    else if (session) void computeUnlessStopped(settings.control, () => answer(session, request))
  })
  reply({ kind: 'ready' })
} catch (error) {
  reply({ kind: 'refused', message: messageOf(error) })
}

async function answer(session: InferenceSession, { id, data, table, shape, outputs }: SessionRequest): Promise<void> {
  try {
    const pixels = data instanceof Float32Array ? data : applyNormalization(data, table!)
    const results = await session.run({ [settings.input]: new Tensor('float32', pixels, shape) }, outputs)
    const tensors: Record<string, SessionTensor> = {}
    for (const name of outputs) {
      const { data: values, dims } = results[name]!
      tensors[name] = { shape: dims, data: values as Float32Array<ArrayBuffer> }
    }
    const buffers = new Set(Object.values(tensors).map((tensor) => tensor.data.buffer))
    reply({ kind: 'done', id, outputs: tensors }, [...buffers])
  } catch (error) {
    reply({ kind: 'failed', id, message: messageOf(error) })
  }
}
