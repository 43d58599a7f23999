import type { BackboneSpec } from '@mode-ood/backbones'
import { blockedLayout } from './blocked/blocked-layout.ts'
import { probeBlockSize } from './blocked/block-size.ts'
import type { GraphLayout } from './graph-layout.ts'
import { plainLayout } from './plain/plain-layout.ts'

/** A layout as plain data, which passes to threads. */
export type LayoutChoice = { readonly name: 'plain' } | { readonly name: 'blocked'; readonly block: number }

export interface ChosenLayout {
  readonly choice: LayoutChoice
  /** Why not the faster one, in half a sentence; absent where nothing hinders it or the plain one was asked for. */
  readonly reason?: string
}

export function graphLayout(choice: LayoutChoice): GraphLayout {
  return choice.name === 'plain' ? plainLayout : blockedLayout(choice.block)
}

/** Chooses how a network is written: with plain operators where that is asked for, else in blocks where they work. */
export async function chooseLayout(request: 'auto' | 'plain', spec: BackboneSpec): Promise<ChosenLayout> {
  const plain = { name: 'plain' } as const
  if (request === 'plain') return { choice: plain }
  const block = await probeBlockSize()
  if (block === undefined) return { choice: plain, reason: 'onnxruntime has no blocked layout on this machine' }
  const choice = { name: 'blocked', block } as const
  const reason = graphLayout(choice).refusal(spec, spec.inputSize, spec.inputSize)
  return reason === undefined ? { choice } : { choice: plain, reason }
}
