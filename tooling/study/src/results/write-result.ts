import { writeWhole } from '@mode-ood/command'
import type { ArmResult, ComparisonResult } from './result-schema.ts'

/** Writes numbers to keep, with six significant digits. */
export async function writeResult(file: string, result: ArmResult | ComparisonResult): Promise<void> {
  const round = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(6)) : value)
  await writeWhole(file, `${JSON.stringify(result, round, 2)}\n`)
}
