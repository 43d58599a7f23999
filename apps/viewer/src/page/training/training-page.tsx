import type { VNode } from 'preact'
import type { RunSource } from '../data/run-source.ts'
export function TrainingPage(_: { source: RunSource }): VNode {
  return <h1>Training</h1>
}
