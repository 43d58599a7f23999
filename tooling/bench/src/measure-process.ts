import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Measured {
  readonly stdout: string
  /** From start to exit. */
  readonly seconds: number
  /** Largest resident memory as the kernel counts it; null where there is no /proc. */
  readonly peakMebibytes: number | null
}

/** Often enough that the last reading is close to the peak, which the kernel itself keeps. */
const samplingMs = 50

/** Runs a program to its end. */
export function measureProcess(program: string, args: readonly string[]): Promise<Measured> {
  const began = performance.now()
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  let peakMebibytes: number | null = null
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-2000)))
  const timer = setInterval(() => (peakMebibytes = readPeak(child.pid) ?? peakMebibytes), samplingMs)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      clearInterval(timer)
      const seconds = (performance.now() - began) / 1000
      if (code === 0) resolve({ stdout, seconds, peakMebibytes })
      else reject(new Error(`${program} ${args[0]} ended with code ${code}: ${stderr.trim()}`))
    })
  })
}

function readPeak(pid: number | undefined): number | null {
  try {
    const [, kibibytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kibibytes ? Number(kibibytes) / 1024 : null
  } catch {
    return null
  }
}
