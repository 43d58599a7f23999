import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '@mode-ood/core'
import { aupr, auroc, fprAtTpr } from '@mode-ood/metrics'
import { startPythonPeer } from './python-peer.ts'
import type { Settings } from './settings.ts'
import { spread } from './statistics.ts'

const count = 1_000_000

const metrics = {
  auroc: (id: Float64Array, ood: Float64Array) => auroc(id, ood),
  aupr: (id: Float64Array, ood: Float64Array) => aupr(id, ood, { positive: 'id' }),
  fprAtTpr: (id: Float64Array, ood: Float64Array) => fprAtTpr(id, ood, { positive: 'id' }),
}

/** Metrics of a million scores a side against scikit-learn's; both must agree to 1e-12. */
export async function benchmarkMetrics({ python, rounds, print }: Settings): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'mode-ood-bench-'))
  const peer = python ? startPythonPeer(python, 'metrics_reference.py') : null
  try {
    const id = normal(count, 1, 1)
    const ood = normal(count, 0, 2)
    const files = { id: join(directory, 'id.bin'), ood: join(directory, 'ood.bin') }
    writeFileSync(files.id, id)
    writeFileSync(files.ood, ood)
    for (const [metric, compute] of Object.entries(metrics)) {
      const ours: number[] = []
      const theirs: number[] = []
      for (let round = 0; round < rounds; round++) {
        const began = performance.now()
        const value = compute(id, ood)
        ours.push((performance.now() - began) / 1000)
        if (!peer) continue
        const answer = await peer.request<{ value: number; seconds: number }>({ metric, ...files })
        if (!(Math.abs(answer.value - value) < 1e-12)) {
          throw new Error(`${metric}: ${value} here, ${answer.value} in scikit-learn`)
        }
        theirs.push(answer.seconds)
      }
      print(`${metric} of ${count} scores a side, seconds: mode-ood ${spread(ours, 2)}`)
      if (!peer) continue
      const ratios = theirs.map((seconds, round) => seconds / ours[round]!)
      print(`  scikit-learn ${spread(theirs, 2)}, ratio ${spread(ratios, 2)}`)
    }
  } finally {
    peer?.close()
    rmSync(directory, { recursive: true })
  }
}

function normal(length: number, mean: number, seed: number): Float64Array {
  const random = createRandom(seed)
  return Float64Array.from({ length }, () => mean + random.normal())
}
