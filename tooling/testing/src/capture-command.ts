import { execFile } from 'node:child_process'
import { Writable } from 'node:stream'

/** How a command ended and what it wrote. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

type RunCommand = (args: readonly string[], streams: { stdout: Writable; stderr: Writable }) => Promise<number>

/** Runs a command in this process, with what it writes collected. */
export async function captureCommand(runCommand: RunCommand, args: readonly string[]): Promise<Outcome> {
  const [stdout, stderr] = [collector(), collector()]
  const code = await runCommand(args, { stdout: stdout.stream, stderr: stderr.stream })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

/** Runs a program with its arguments, to its end. */
export function execute(program: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(program, args, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr })
    })
  })
}

function collector(): { stream: Writable; text: () => string } {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  return { stream, text: () => chunks.join('') }
}
