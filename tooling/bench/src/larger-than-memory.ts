import { join } from 'node:path'
import { startBankProcess, type BankAnswer } from './bank-peer.ts'
import type { Settings } from './settings.ts'
import { spread } from './statistics.ts'
import { makeVectorFiles } from './vector-files.ts'

const k = 10

/** A bank on disk searched with a fifth of its size as memory; it is the clustered one, several times over. */
export async function measureLargerThanMemory(settings: Settings, directory: string): Promise<void> {
  const { bank, rounds, print } = settings
  const files = (await makeVectorFiles('clustered', directory, settings))!
  const times = Math.max(1, Math.round((bank.gigabytes * 2 ** 30) / (files.rows * files.dimension * 4)))
  const saved = join(directory, 'bank')
  const writer = startBankProcess()
  await writer.request({ save: { file: files.file, dimension: files.dimension, directory: saved, times } })
  writer.close()
  const bytes = times * files.rows * files.dimension * 4
  const memoryBudget = Math.round(bytes / 5)
  const reader = startBankProcess()
  try {
    const opened = await reader.request<{
      openSeconds: number
      prepareSeconds: number
      size: number
      peakMebibytes: number
    }>({
      open: { directory: saved, memoryBudget },
    })
    print(
      `larger than memory: ${opened.size} x ${files.dimension}, ${mebibytes(bytes)} on ${mebibytes(memoryBudget)}; ` +
        `opened in ${opened.openSeconds.toFixed(1)} s, prepared in ${opened.prepareSeconds.toFixed(1)} s`,
    )
    let peak = opened.peakMebibytes
    for (const rows of bank.queries) {
      const seconds: number[] = []
      for (let round = 0; round < rounds; round++) {
        const answer = await reader.request<BankAnswer>({ search: { file: files.queries, rows, k } })
        seconds.push(answer.seconds * 1000)
        peak = answer.peakMebibytes
      }
      print(`  ${String(rows).padStart(5)} queries: ${spread(seconds, 0)} ms`)
    }
    print(`  peak memory of the process: ${peak.toFixed(0)} MiB`)
  } finally {
    reader.close()
  }
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`
}
