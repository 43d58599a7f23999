import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Progress } from '@mode-ood/command'
import { compareArms } from '../evaluate/compare-arms.ts'
import { evaluateArm } from '../evaluate/evaluate-arm.ts'
import { type Arm, arms as allArms, comparisons } from '../protocol/arms.ts'
import { type Protocol, protocolName } from '../protocol/protocol.ts'
import { resultFile, comparisonFile } from '../results/result-files.ts'
import { createSlots } from './slots.ts'
import { StudyInterruptedError, trainArm } from './train-arm.ts'

export interface StudyOptions {
  readonly protocol: Protocol
  readonly arms: readonly Arm[]
  /** Seeds 1 … so many. */
  readonly seeds: number
  /** Arms at work at the same time. */
  readonly workers: number
  /** Of networks, checkpoints and scores. */
  readonly output: string
  /** Of the numbers that are kept. */
  readonly results: string
  readonly progress: Pick<Progress, 'say'>
  /** Aborted when nothing more is to begin. */
  readonly stopping: AbortSignal
  removeAtEnd(path: string): void
  /** Called whenever there are new results. */
  onResults(): Promise<void>
}

/**
 * Trains and evaluates all arms, seed by seed. What is finished is not done again; what was begun goes on where it was.
 *
 * @throws the first error, after the other arms at work have ended; StudyInterruptedError when it was stopped.
 */
export async function runStudy(options: StudyOptions): Promise<void> {
  for (let seed = 1; seed <= options.seeds; seed++) await runSeed(options, seed)
}

async function runSeed(options: StudyOptions, seed: number): Promise<void> {
  const { protocol, arms, output, results, progress, removeAtEnd, onResults, stopping } = options
  const directory = join(output, protocolName(protocol), `seed-${seed}`)
  const begin = createBegin(options)
  const trainings = new Map<string, Promise<string>>()
  const train = async (arm: Arm): Promise<string> => {
    if (arm.continues) await trained(allArms.find(({ name }) => name === arm.continues)!)
    return begin(() => {
      progress.say(`seed ${seed}, ${arm.name}: training, see ${join(directory, `${arm.name}.log`)}`)
      return trainArm(protocol, arm, seed, directory)
    })
  }
  const trained = (arm: Arm): Promise<string> => {
    if (!trainings.has(arm.name)) trainings.set(arm.name, train(arm))
    return trainings.get(arm.name)!
  }
  const finish = async (arm: Arm): Promise<void> => {
    const file = resultFile(results, protocol, seed, arm.name)
    if (existsSync(file)) return progress.say(`seed ${seed}, ${arm.name}: done before`)
    const checkpoint = await trained(arm)
    await begin(() => evaluateArm({ protocol, arm, seed, checkpoint, file, removeAtEnd }))
    progress.say(`seed ${seed}, ${arm.name}: done`)
    await onResults()
  }
  const ends = await Promise.allSettled(arms.map(finish))
  await compareWithin(options, seed, directory)
  const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
  const cause = reasons.find((reason) => !(reason instanceof NotBegun))
  if (cause) throw cause
  if (stopping.aborted) throw new StudyInterruptedError('stopped; the same command goes on')
}

/** Begins pieces of work as slots become free, and none after one has failed or the study is to stop. */
function createBegin({ workers, stopping }: StudyOptions): <T>(work: () => Promise<T>) => Promise<T> {
  const inSlot = createSlots(workers)
  let failed = false
  return (work) =>
    inSlot(async () => {
      if (failed || stopping.aborted) throw new NotBegun()
      try {
        return await work()
      } catch (error) {
        failed = true
        throw error
      }
    })
}

/** The pairs of arms of which both have their scores here, and which are not compared yet. */
async function compareWithin({ protocol, results, onResults }: StudyOptions, seed: number, directory: string) {
  const sets = protocol.ood.map(({ name }) => name)
  for (const { arm, base } of comparisons) {
    const file = comparisonFile(results, protocol, seed, arm, base)
    const scores = [arm, base].map((name) => join(directory, name, 'scores.safetensors')) as [string, string]
    if (existsSync(file) || !scores.every((path) => existsSync(path))) continue
    await compareArms({ arm, base, seed, sets, scores, file })
    await onResults()
  }
}

/** A piece of work that still waited when another failed, or the study was stopped. */
class NotBegun extends Error {}
