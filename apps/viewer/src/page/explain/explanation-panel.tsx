import type { VNode } from 'preact'
import type { Explanation } from '../data/explanation.ts'
import type { Run } from '../data/load-run.ts'
export function ExplanationPanel(_: { run: Run; explanation: Explanation; set: number; row: number }): VNode { return <p /> }
