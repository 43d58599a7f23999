import { readFile } from 'node:fs/promises'
import { writeWhole } from '@mode-ood/command'
import type { Tensor } from '@mode-ood/core'
import { readSafetensors, writeSafetensors } from '@mode-ood/safetensors'
import type { AllDistances, DecisionScores } from './score-decisions.ts'

/**
 * Keeps what comparisons, and rules that are thought of later, start from: float64 `scores/DECISION/id`, `scores/DECISION/ood/SET`,
 * and likewise `distances/BANKS/…` with the distances of views [images · 6], of training images too,
 * and of those whose class is held out.
 */
export async function writeScores(
  path: string,
  scores: ReadonlyMap<string, DecisionScores>,
  distances: AllDistances,
): Promise<void> {
  const tensors = new Map<string, Tensor>()
  const add = (name: string, data: Float64Array) => tensors.set(name, { dtype: 'F64', shape: [data.length], data })
  const addSides = (name: string, { id, ood }: DecisionScores) => {
    add(`${name}/id`, id)
    for (const [set, of] of ood) add(`${name}/ood/${set}`, of)
  }
  for (const [name, sides] of scores) addSides(`scores/${name}`, sides)
  for (const [kind, of] of Object.entries(distances)) {
    addSides(`distances/${kind}`, of)
    add(`distances/${kind}/training`, of.training)
    add(`distances/${kind}/held-out`, of.heldOut)
  }
  await writeWhole(path, writeSafetensors(tensors))
}

/** Reads the scores of decisions as `get(decision, set)` gives them. */
export async function readScores(path: string): Promise<(decision: string, set: string) => ScoredSides> {
  const { tensors } = readSafetensors(await readFile(path), { file: path })
  const data = (name: string) => tensors.get(name)!.data as Float64Array
  return (decision, set) => ({ id: data(`scores/${decision}/id`), ood: data(`scores/${decision}/ood/${set}`) })
}

/** One decision on the ID images and those of one set. */
export interface ScoredSides {
  readonly id: Float64Array
  readonly ood: Float64Array
}
