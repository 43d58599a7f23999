import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A Python process that answers requests, one JSON object a line; between requests it sleeps. */
export interface PythonPeer {
  request<Answer>(question: object): Promise<Answer>
  close(): void
}

/** Starts `script` of this package's `python` folder. */
export function startPythonPeer(python: string, script: string): PythonPeer {
  const child = spawn(python, [pythonScript(script)], { stdio: ['pipe', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2000)))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) => reject(new Error(`${python} cannot be started: ${error.message}`)))
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
