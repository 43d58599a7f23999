import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { captureCommand, temporaryDirectory } from '@mode-ood/testing'
import { expect, test, vi } from 'vitest'
import type { ArmResult } from './results/result-schema.ts'
import { runCommand } from './run-command.ts'
import { writeSmallData } from './small-data.test.fixture.ts'

const run = (...args: string[]) => captureCommand(runCommand, args)
const read = <T>(...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8')) as T

/** Runs the command in a process of its own and kills it as soon as an arm's training has logged a step of its second epoch. */
async function killInSecondEpoch(args: readonly string[], output: string, data: string): Promise<void> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  mkdirSync(output, { recursive: true })
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@mode-ood/source', main, ...args], {
    stdio: 'ignore',
    env: { ...process.env, MODE_OOD_DATA: data },
  })
  const log = join(output, 'epochs-2+1/seed-1/supcon/metrics.jsonl')
  const watcher = watch(output, { recursive: true }, () => {
    if (existsSync(log) && readFileSync(log, 'utf8').includes('"step":3,')) child.kill('SIGKILL')
  })
  await once(child, 'exit')
  watcher.close()
  expect(child.signalCode).toBe('SIGKILL')
}

test('a study that was killed goes on to the very numbers of one that was not, and does nothing twice', async () => {
  const directory = temporaryDirectory()
  const data = writeSmallData(join(directory, 'data'))
  vi.stubEnv('MODE_OOD_DATA', data)
  const places = (name: string) => ({
    output: join(directory, name, 'runs'),
    results: join(directory, name, 'docs/study'),
  })
  const args = ({ output, results }: ReturnType<typeof places>, ...more: string[]) =>
    ['--epochs', '2', '--output', output, '--results', results, ...more] as const
  const [whole, broken] = [places('whole'), places('broken')]

  // mode-f goes on with supcon, which is trained for it without being asked for
  expect(await run(...args(whole, '--arms', 'mode-f'))).toMatchObject({ code: 0 })
  expect(readdirSync(join(whole.results, 'epochs-2+1/seed-1'))).toEqual(['mode-f.json'])
  const result = read<ArmResult>(whole.results, 'epochs-2+1/seed-1/mode-f.json')

  await killInSecondEpoch(args(broken, '--arms', 'mode-f', '--workers', '1'), broken.output, data)
  expect(existsSync(broken.results)).toBe(false)
  const resumed = await run(...args(broken, '--arms', 'mode-f'))
  expect([resumed.code, resumed.stderr]).toEqual([0, expect.stringContaining('seed 1, mode-f: done')])
  const log = (arm: string) => readFileSync(join(broken.output, `epochs-2+1/seed-1/${arm}.log`), 'utf8')
  expect(log('supcon')).toMatch(/going on from .*step-00000002/)
  expect(log('mode-f')).toContain('supcon/supcon.safetensors: all')
  const { environment: _, ...numbers } = result
  expect(read(broken.results, 'epochs-2+1/seed-1/mode-f.json')).toMatchObject(numbers)

  const network = join(whole.output, 'epochs-2+1/seed-1/mode-f/mode-f.safetensors')
  const before = statSync(network).mtimeMs
  const again = await run(...args(whole, '--arms', 'mode-f'))
  expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('seed 1, mode-f: done before')])
  expect(statSync(network).mtimeMs).toBe(before)
  const document = readFileSync(join(whole.results, '../study.md'), 'utf8')
  expect(document).toContain('Not yet run: ce, ce+alpa, supcon, mode-t, supcon-longer.')
}, 600_000)

test('tells what is wrong in one sentence', async () => {
  expect(await run('--arms', 'ce,mode')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no arm "mode"'),
  })
  expect(await run('--workers', '0')).toMatchObject({ code: 2 })
  vi.stubEnv('MODE_OOD_DATA', '/nowhere')
  expect(await run('--output', temporaryDirectory())).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('MODE_OOD_DATA'),
  })
})
