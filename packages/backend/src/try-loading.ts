import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const program = `
  process.dlopen({ exports: {} }, process.argv[1], require('node:os').constants.dlopen.RTLD_NOW)
  process.exit(0)`

const timeoutMs = 120_000

/**
 * Tries to load a native library in a process of its own: one that was built for another processor ends the process that
 * loads it, and one that fails half-way leaves things behind.
 *
 * @returns why it cannot be loaded, `undefined` when it can.
 */
export async function tryLoading(library: string): Promise<string | undefined> {
  const options = { env: { ...process.env, NODE_OPTIONS: '' }, timeout: timeoutMs }
  try {
    await promisify(execFile)(process.execPath, ['--eval', program, library], options)
    return undefined
  } catch (error) {
    return describe(error as ExecError)
  }
}

type ExecError = Error & { killed?: boolean; signal?: string; stderr?: string }

function describe({ killed, signal, stderr = '', message }: ExecError): string {
  if (killed) return `it did not load within ${timeoutMs / 1000} seconds`
  if (signal) return `it ends the process that loads it (${signal})`
  return /^\w*Error: (.*)$/m.exec(stderr)?.[1] ?? message.split('\n')[0]!
}
