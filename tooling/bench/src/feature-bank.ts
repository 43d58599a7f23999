import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBankProcess, type BankAnswer } from './bank-peer.ts'
import { measureLargerThanMemory } from './larger-than-memory.ts'
import { startPythonPeer } from './python-peer.ts'
import type { Settings } from './settings.ts'
import { median, spread } from './statistics.ts'
import { makeVectorFiles, vectorKinds, type VectorFiles } from './vector-files.ts'

const k = 10

/** Parts that `--only` names: kinds of vectors, the float32 engine alone, and a bank larger than its memory. */
const parts = [...vectorKinds, 'float32', 'larger-than-memory'] as const

/**
 * The k-th distances of a few queries and of many, against faiss' exact flat index, both sides on two threads and in turn. Each
 * side runs in a process of its own, whose peak memory is told.
 */
export async function benchmarkFeatureBank(settings: Settings): Promise<void> {
  const { only, print, bank } = settings
  const chosen: readonly string[] = only?.split(',') ?? parts
  const unknown = chosen.find((part) => !(parts as readonly string[]).includes(part))
  if (unknown !== undefined) throw new Error(`--only ${unknown}: the parts of feature-bank are ${parts.join(', ')}`)
  for (const part of parts) {
    if (!chosen.includes(part)) continue
    const directory = mkdtempSync(join(bank.directory ?? tmpdir(), 'mode-ood-bench-'))
    try {
      if (part === 'larger-than-memory') await measureLargerThanMemory(settings, directory)
      else {
        const kind = part === 'float32' ? 'uniform' : part
        const files = await makeVectorFiles(kind, directory, settings)
        if (files) await compare(settings, part, files, part === 'float32' ? 'float32' : 'auto')
        else print(`${part}: needs real data (MODE_OOD_DATA)`)
      }
    } finally {
      rmSync(directory, { recursive: true })
    }
  }
}

async function compare(settings: Settings, part: string, files: VectorFiles, precision: string): Promise<void> {
  const { python, rounds, print, bank } = settings
  const { file, dimension } = files
  const ours = startBankProcess()
  const theirs = python ? startPythonPeer(python, 'bank_reference.py') : null
  try {
    const built = await ours.request<{ seconds: number; peakMebibytes: number }>({
      build: { file, dimension, precision },
    })
    print(`${part}: ${files.rows} x ${dimension}, k ${k}; prepared in ${built.seconds.toFixed(1)} s`)
    let [peak, theirPeak] = [built.peakMebibytes, 0]
    for (const rows of bank.queries.filter((count) => count <= files.queryRows)) {
      const times: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] }
      for (let round = 0; round < rounds; round++) {
        const answer = await ours.request<BankAnswer>({ search: { file: files.queries, rows, k } })
        times.ours.push(answer.seconds * 1000)
        peak = answer.peakMebibytes
        if (!theirs) continue
        const question = { bank: file, queries: files.queries, rows, dimension, k }
        const reference = await theirs.request<BankAnswer>(question)
        times.theirs.push(reference.seconds * 1000)
        theirPeak = reference.peakMebibytes
        checkDistances(answer.distances, reference.distances)
      }
      print(`  ${String(rows).padStart(5)} queries: mode-ood ${spread(times.ours, 0)} ms${against(times)}`)
    }
    print(`  peak memory: mode-ood ${peak.toFixed(0)} MiB${theirs ? `, faiss ${theirPeak.toFixed(0)} MiB` : ''}`)
  } finally {
    ours.close()
    theirs?.close()
  }
}

function against({ ours, theirs }: { ours: number[]; theirs: number[] }): string {
  if (theirs.length === 0) return ''
  const ratios = theirs.map((ms, round) => ms / ours[round]!)
  return `, faiss ${spread(theirs, 0)} ms, ${spread(ratios, 2)} times as fast (median ${median(ratios).toFixed(2)})`
}

/** faiss computes in float32, from inner products: it is off by that much of the vectors' squared lengths. */
function checkDistances(ours: readonly number[], theirs: readonly number[]): void {
  const largest = Math.max(1, ...theirs)
  const worst = ours.reduce((most, distance, i) => Math.max(most, Math.abs(distance - theirs[i]!)), 0)
  if (!(worst < 1e-4 * largest)) throw new Error(`distances differ from those of faiss by ${worst}`)
}
