import { InvalidOptionError } from '@mode-ood/core'
import { createAutoEngine } from './auto-engine.ts'
import type { Engine } from './engine.ts'
import type { FeatureBankOptions } from './feature-bank-options.ts'
import { createLazyEngine } from './lazy-engine.ts'
import { createPlainEngine } from './plain-engine.ts'
import { createSearchEngine } from './search/create-engine.ts'

export interface ChosenEngine {
  readonly engine: Engine
  /** Why `auto` could not take onnxruntime. */
  readonly reason?: string
}

/**
 * The engine that the options ask for.
 *
 * @throws InvalidOptionError when it is onnxruntime and cannot be had.
 */
export async function chooseEngine(options: FeatureBankOptions): Promise<ChosenEngine> {
  const { engine: wanted = 'auto', precision = 'auto' } = options
  if (wanted === 'plain') return { engine: createPlainEngine() }
  const missing = wanted === 'wasm' ? null : await whyNoOnnxruntime()
  if (wanted === 'onnxruntime' && missing !== null) {
    throw new InvalidOptionError(`feature bank: engine "onnxruntime" cannot be had: ${missing}; take "wasm" or "auto"`)
  }
  const name = wanted === 'wasm' || missing !== null ? 'wasm' : 'onnxruntime'
  const native = name === 'wasm' ? 'none' : 'measured'
  const threads = options.threads ?? (await coreCount())
  const engine = createLazyEngine(name, () => createSearchEngine({ name, precision, threads, native, files: isNode() }))
  if (wanted !== 'auto' || options.threads !== undefined) return { engine, ...(missing ? { reason: missing } : {}) }
  const inThread = { name: 'wasm', precision, threads: 0, native: 'none', files: isNode() } as const
  const small = createLazyEngine('wasm', () => createSearchEngine(inThread))
  return { engine: createAutoEngine(small, engine), ...(missing ? { reason: missing } : {}) }
}

/** Threads are started in Node only: elsewhere it is for the page to have a worker of its own. */
async function coreCount(): Promise<number> {
  if (!isNode()) return 0
  const { availableParallelism } = await import('node:os')
  return Math.min(16, availableParallelism())
}

/** Null where onnxruntime can be had. */
async function whyNoOnnxruntime(): Promise<string | null> {
  if (!isNode()) return 'it needs Node'
  const { createRequire } = await import('node:module')
  try {
    createRequire(import.meta.url).resolve('onnxruntime-node')
    return null
  } catch {
    return 'the package onnxruntime-node is not installed'
  }
}

function isNode(): boolean {
  return (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node !== undefined
}
