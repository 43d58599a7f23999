import { expect, test } from 'vitest'
import { fakeWheel } from './fake-wheel.test.fixture.ts'
import { neededHeaders } from './needed-headers.ts'
import { openWheel } from './open-wheel.ts'

test('headers that headers include are needed too, others and those of the system are not', async () => {
  const include = (names: Record<string, string>) =>
    Object.fromEntries(Object.entries(names).map(([name, content]) => [`tensorflow/include/${name}`, content]))
  const wheel = await openWheel(
    fakeWheel(
      include({
        'tensorflow/c/c_api.h': '#pragma once\n#include <stddef.h>\n  # include "tsl/status.h"\n',
        'tsl/status.h': '#include "tensorflow/c/c_api.h"\n',
        'tensorflow/c/eager/c_api.h': '// #include "tensorflow/unused.h"\n',
        'tensorflow/unused.h': '',
      }),
    ),
  )
  const sources = ['#include "local.h"\n#include "tensorflow/c/c_api.h"', '#include "tensorflow/c/eager/c_api.h"']
  expect(await neededHeaders(wheel, sources)).toEqual([
    'tensorflow/c/c_api.h',
    'tensorflow/c/eager/c_api.h',
    'tsl/status.h',
  ])
  await wheel.close()
})
