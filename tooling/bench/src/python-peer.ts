import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A process that answers requests, one JSON object a line; between requests it sleeps. */
export interface Peer {
  request<Answer>(question: object): Promise<Answer>
  close(): void
}

export type PythonPeer = Peer

/** Starts `script` of this package's `python` folder. */
export function startPythonPeer(python: string, script: string): PythonPeer {
  return startPeer(python, [pythonScript(script)], script)
}

/** Starts a script of this package in a Node of its own, as this one was started. */
export function startNodePeer(script: string): Peer {
  return startPeer(process.execPath, [...process.execArgv, script], script)
}

function startPeer(program: string, parameters: readonly string[], script: string): Peer {
  const child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2000)))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) => reject(new Error(`${program} cannot be started: ${error.message}`)))
  })
  // Reported by the next request.
  started.catch(() => {})
  return {
    async request<Answer>(question: object) {
      await started
      child.stdin.write(`${JSON.stringify(question)}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error(`${script} ended: ${complaint.trim().split('\n').at(-1)}`)
      return JSON.parse(value) as Answer
    },
    close: () => child.stdin.end(),
  }
}

export function pythonScript(name: string): string {
  return fileURLToPath(new URL(`../python/${name}`, import.meta.url))
}
