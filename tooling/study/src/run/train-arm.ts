import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { Writable } from 'node:stream'
import { writeWhole } from '@mode-ood/command'
import { ModeOodError } from '@mode-ood/core'
import { runCommand } from '@mode-ood/train'
import type { Arm } from '../protocol/arms.ts'
import { type Protocol, trainingConfiguration } from '../protocol/protocol.ts'

/** A training that a person stopped; it is saved. */
export class StudyInterruptedError extends ModeOodError {}

/**
 * Trains an arm in `directory`, of one seed, or goes on with what there is of it; what the training says goes to ARM.log.
 *
 * @returns the file of the network.
 * @throws StudyInterruptedError after Ctrl-C; ModeOodError when the training failed, with what it said last.
 */
export async function trainArm(protocol: Protocol, arm: Arm, seed: number, directory: string): Promise<string> {
  await mkdir(directory, { recursive: true })
  const config = join(directory, `${arm.name}.json`)
  await writeWhole(config, `${JSON.stringify(trainingConfiguration(protocol, arm, seed), null, 2)}\n`)
  const output = join(directory, arm.name)
  const log = openLog(join(directory, `${arm.name}.log`))
  const args = ['--config', config, '--output', output, '--resume']
  const code = await runCommand(args, { stdout: log.stream, stderr: log.stream })
  await log.close()
  if (code === 130) throw new StudyInterruptedError(`${arm.name} of seed ${seed} is saved; the same command goes on`)
  if (code !== 0) throw new ModeOodError(`${arm.name} of seed ${seed} cannot be trained: ${log.lastLine()}`)
  return join(output, `${arm.name}.safetensors`)
}

/** A file that is added to, and its last line. */
function openLog(path: string): { stream: Writable; lastLine(): string; close(): Promise<void> } {
  const file = createWriteStream(path, { flags: 'a' })
  let last = ''
  const stream = new Writable({
    write(chunk, _, done) {
      last = String(chunk).trimEnd().split('\n').at(-1) || last
      file.write(chunk, done)
    },
  })
  return {
    stream,
    lastLine: () => last,
    async close() {
      file.end()
      await finished(file)
    },
  }
}
