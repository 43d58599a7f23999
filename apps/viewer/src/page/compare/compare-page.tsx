import type { VNode } from 'preact'
import type { RunEntry } from '../data/find-run.ts'
import type { Run } from '../data/load-run.ts'
export function ComparePage(_: { run: Run; others: readonly RunEntry[] }): VNode {
  return <h1>Compare</h1>
}
