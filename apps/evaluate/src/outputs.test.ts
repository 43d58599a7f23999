import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import {
  execute,
  nodeArguments,
  run,
  smallConfiguration,
  smallEvaluation,
  spawnCommand,
  type Outcome,
} from './command.test.fixture.ts'

const shared = smallEvaluation()
const written = ['images-0000.webp', 'images.json', 'report.html', 'results.csv', 'results.json', 'scores.safetensors']

/** A directory with a good configuration in it, and the arguments that run it without a cache. */
function arrange(change: object = {}): { directory: string; config: string[] } {
  const directory = temporaryDirectory()
  const file = join(directory, 'evaluate.json')
  writeFileSync(file, JSON.stringify({ ...smallConfiguration(shared), ...change }))
  return { directory, config: ['--config', file, '--threads', '1'] }
}

/** Everything below a directory whose name says that it is not finished. */
const unfinished = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp'))

function expectNumbersAndOneSentence({ code, stdout, stderr }: Outcome, sentence: RegExp): void {
  expect(code).toBe(1)
  expect(stdout).toMatch(/knn/)
  expect(stdout).toMatch(/msp/)
  const last = stderr.trim().split('\n').at(-1)
  expect(last).toMatch(/^error: /)
  expect(last).toMatch(sentence)
  expect(stderr).not.toMatch(/\n\s+at /)
}

describe('outputs', () => {
  test('a configuration with a byte order mark and CRLF, and an output whose parents are missing', async () => {
    const directory = temporaryDirectory()
    const file = join(directory, 'evaluate.yaml')
    const json = JSON.stringify(smallConfiguration(shared), null, 2)
    writeFileSync(file, `\uFEFF# a comment\n${json}`.replaceAll('\n', '\r\n'))
    const output = join(directory, 'a/b/c')
    const { code, stderr } = await run('--config', file, '--no-cache', '--output', output)
    expect([code, stderr]).toEqual([0, expect.stringContaining('knn')])
    expect(readdirSync(output).sort()).toEqual(written)
  })

  test('an OOD set that is the ID test set is told', async () => {
    const { id } = smallConfiguration(shared) as { id: { test: object } }
    const { directory, config } = arrange({ ood: [{ name: 'same', ...id.test }] })
    const { code, stdout } = await run(...config, '--no-cache', '--output', join(directory, 'out'))
    expect([code, stdout]).toEqual([0, expect.stringContaining('same holds the very images of id.test')])
  })

  test('skipped images are counted and listed', async () => {
    const { directory, config } = arrange({ ood: [{ name: 'other', format: 'folder', path: 'images' }] })
    const images = join(directory, 'images')
    mkdirSync(images)
    execFileSync('cp', ['-r', ...readdirSync(join(shared, 'other')).map((name) => join(shared, 'other', name)), images])
    writeFileSync(join(images, 'class-1/bad.png'), 'no picture')
    writeFileSync(join(images, 'class-2/empty.png'), '')
    const { code, stdout, stderr } = await run(
      ...config,
      '--no-cache',
      '--skip-corrupt',
      '--output',
      join(directory, 'out'),
    )
    expect([code, stderr]).toEqual([0, expect.stringContaining('32 images, 2 skipped')])
    expect(stdout).toMatch(/2 images of other could not be decoded and were left out/)
    expect(stdout).toMatch(/class-1\/bad\.png: is damaged or not an image/)
    expect(stdout).toMatch(/class-2\/empty\.png: is empty/)
  })

  test('an output that cannot take one file: the numbers are shown, and nothing half-written stays', async () => {
    const { directory, config } = arrange()
    mkdirSync(join(directory, 'out/report.html'), { recursive: true })
    const outcome = await run(...config, '--no-cache', '--output', join(directory, 'out'))
    expectNumbersAndOneSentence(outcome, /out\/report\.html: cannot be written: illegal operation on a directory/)
    expect(unfinished(directory)).toEqual([])
  })

  test('a limit on the size of files stops the cache and the outputs, not the numbers', async () => {
    const { directory, config } = arrange()
    const cache = join(directory, 'cache')
    const command = ['ulimit -f 4; exec "$0" "$@"', process.execPath, ...nodeArguments]
    const args = [...config, '--cache', cache, '--output', join(directory, 'out')]
    const outcome = await execute('sh', ['-c', ...command, ...args])
    expect(outcome.stderr).toMatch(/features of id\.train are not kept: file too large/)
    expectNumbersAndOneSentence(outcome, /out\/\S+: cannot be written: file too large/)
    expect(unfinished(directory)).toEqual([])
  })

  test.runIf(canMount())('a full disk and a read-only one: the numbers are shown', async () => {
    const { directory, config } = arrange()
    const disk = join(directory, 'disk')
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk])
    try {
      const args = [...config, '--cache', join(disk, 'cache'), '--output', join(disk, 'out')]
      const full = await spawnCommand(...args)
      expectNumbersAndOneSentence(full, /out\/\S+: cannot be written: no space left on device/)
      expect(unfinished(disk)).toEqual([])
      execFileSync('mount', ['-o', 'remount,ro', disk])
      const readOnly = await spawnCommand(...args)
      expect(readOnly.stderr).toMatch(/out cannot be written \(read-only file system\); the numbers will be shown here/)
      expectNumbersAndOneSentence(readOnly, /out\/\S+: cannot be written: read-only file system/)
    } finally {
      execFileSync('umount', [disk])
    }
  })

  test.each([
    [
      'a reader that leaves',
      '"$0" "$@" | true; exit ${PIPESTATUS[0]}',
      0,
      /knn: 64 images[^\n]*\n.*cache: .*\n.*pictures for the viewer: 64 .*\n$/,
    ],
    [
      'a full disk behind it',
      '"$0" "$@" > /dev/full',
      1,
      /error: the table cannot be written .*: no space left on device\n/,
    ],
  ])('a standard output with %s: the files are written', async (_, line, expected, message) => {
    const { directory, config } = arrange()
    const args = [...config, '--cache', join(directory, 'cache'), '--output', join(directory, 'out')]
    const { code, stderr } = await execute('bash', ['-c', line, process.execPath, ...nodeArguments, ...args])
    expect([code, stderr]).toEqual([expected, expect.stringMatching(message)])
    expect(readdirSync(join(directory, 'out')).sort()).toEqual(written)
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s leaves nothing half-written, and a second run completes',
    async (signal) => {
      const directory = temporaryDirectory()
      const [cache, output] = [join(directory, 'cache'), join(directory, 'out')]
      const args = [
        '--demo',
        '--scores',
        'msp,knn',
        '--threads',
        '1',
        '--limit',
        '300',
        '--cache',
        cache,
        '--output',
        output,
      ]
      const child = spawn(process.execPath, [...nodeArguments, ...args])
      let stderr = ''
      child.stderr.on('data', (chunk) => {
        stderr += String(chunk)
        if (stderr.includes('features of id.test') && !child.killed) child.kill(signal)
      })
      const code = await new Promise((resolve) => child.once('exit', resolve))
      expect([code, stderr]).toEqual([
        130,
        expect.stringMatching(/interrupted; nothing half-written was left behind\n$/),
      ])
      expect(stderr).not.toContain('features of noise')
      expect([readdirSync(output), unfinished(directory), readdirSync(cache)]).toEqual([[], [], expect.any(Array)])
      const second = await run(...args)
      expect([second.code, second.stderr]).toEqual([
        0,
        expect.stringMatching(/features of id\.test: 300 images, from the cache/),
      ])
      // Of so many images there is more than one sheet of pictures.
      const files = readdirSync(output).filter((name) => !/^images-000[1-9]/.test(name))
      expect(files.sort()).toEqual(written)
    },
  )
})

function canMount(): boolean {
  try {
    const directory = '/mnt'
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', directory], { stdio: 'ignore' })
    execFileSync('umount', [directory])
    return true
  } catch {
    return false
  }
}
