import { ModeOodError } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { importOptional } from './import-optional.ts'

const absent = '@mode-ood/absent'

test('a package that is not installed: what to install', async () => {
  const importing = importOptional('the engine x', [absent], () => import(/* @vite-ignore */ absent))
  await expect(importing).rejects.toThrow(ModeOodError)
  await expect(importing).rejects.toThrow(
    'the engine x needs packages that are not installed: npm install @mode-ood/absent',
  )
})

test('an error inside a package is passed on as it is', async () => {
  const failure = new Error('inside')
  await expect(importOptional('x', [absent], () => Promise.reject(failure))).rejects.toBe(failure)
})
