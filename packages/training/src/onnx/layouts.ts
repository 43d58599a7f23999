import type { BackboneSpec } from '@mode-ood/backbones'
import { blockedLayout } from './blocked/blocked-layout.ts'
import { probeBlockSize } from './blocked/block-size.ts'
import { blockedRefusal } from './blocked/refusal.ts'
import { selfTest } from './blocked/self-test.ts'
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

/**
 * Chooses how a network is written: with plain operators where that is asked for, else in blocks where they work.
 *
 * @param trial finds out whether they do.
 */
export async function chooseLayout(
  request: 'auto' | 'plain',
  spec: BackboneSpec,
  trial: () => Promise<ChosenLayout> = trialOfThisProcess,
): Promise<ChosenLayout> {
  const choice = { name: 'plain' } as const
  if (request === 'plain') return { choice }
  const reason = blockedRefusal(spec, spec.inputSize, spec.inputSize)
  return reason === undefined ? trial() : { choice, reason }
}

let result: Promise<ChosenLayout> | undefined

/** Once is enough: neither the machine nor the runtime changes. */
function trialOfThisProcess(): Promise<ChosenLayout> {
  result ??= tryBlocks()
  return result
}

/** Blocks of this machine's size if it has any and they pass the self-test, plain operators if not. */
export async function tryBlocks(layoutOf: (block: number) => GraphLayout = blockedLayout): Promise<ChosenLayout> {
  const plain = { name: 'plain' } as const
  const block = await probeBlockSize()
  if (block === undefined) return { choice: plain, reason: 'onnxruntime has no blocked layout on this machine' }
  const reason = await selfTest(layoutOf(block))
  return reason === undefined ? { choice: { name: 'blocked', block } } : { choice: plain, reason }
}
