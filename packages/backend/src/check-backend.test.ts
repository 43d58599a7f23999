import { expect, test } from 'vitest'
import { checkBackend } from './check-backend.ts'
import { prepareBackend } from './index.ts'

test('a backend that computes wrongly is found out', async () => {
  const { tf } = await prepareBackend({ prefer: 'cpu' })
  for (const kernel of tf.getKernelsForBackend('cpu')) {
    const isProduct = kernel.kernelName === 'BatchMatMul'
    const kernelFunc = isProduct ? tf.getKernel('Add', 'cpu').kernelFunc : kernel.kernelFunc
    tf.registerKernel({ ...kernel, backendName: 'wrong', kernelFunc })
  }
  tf.registerBackend('wrong', () => tf.findBackend('cpu'))
  await tf.setBackend('wrong')
  await expect(checkBackend(tf)).rejects.toThrow('its matrix product gives 4 instead of 11')
  await tf.setBackend('cpu')
  tf.removeBackend('wrong')
})
