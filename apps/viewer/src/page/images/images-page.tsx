import type { VNode } from 'preact'
import type { Selection } from '../app.tsx'
import type { Run } from '../data/load-run.ts'
export function ImagesPage(_: { run: Run; selection: Selection }): VNode {
  return <h1>Images</h1>
}
