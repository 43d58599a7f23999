import { appendFileSync, cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { repository, run } from './packed-packages.ts'

/** The hashes under which turbo would keep the results of the packages' tests. */
async function testHashes(workspace: string): Promise<Map<string, string>> {
  const turbo = join(repository, 'node_modules/turbo/bin/turbo')
  const { stdout } = await run(process.execPath, [turbo, 'run', 'test', '--dry=json'], { cwd: workspace })
  const { tasks } = JSON.parse(stdout) as { tasks: { taskId: string; hash: string }[] }
  return new Map(tasks.map(({ taskId, hash }) => [taskId, hash]))
}

test('a change in core makes the tests of its dependants run again, and of nobody else', async () => {
  const workspace = temporaryDirectory()
  const { stdout } = await run('git', ['ls-files', '-z'], { cwd: repository })
  for (const file of stdout.split('\0').filter((path) => path !== '' && existsSync(join(repository, path)))) {
    mkdirSync(dirname(join(workspace, file)), { recursive: true })
    cpSync(join(repository, file), join(workspace, file))
  }
  symlinkSync(join(repository, 'node_modules'), join(workspace, 'node_modules'))
  const before = await testHashes(workspace)
  expect([...(await testHashes(workspace))]).toEqual([...before])
  appendFileSync(join(workspace, 'packages/core/src/matrix.ts'), '\n')
  const after = await testHashes(workspace)
  const changed = [...before.keys()].filter((task) => after.get(task) !== before.get(task))
  expect(changed).toEqual(
    expect.arrayContaining(['@mode-ood/core#test', '@mode-ood/csd#test', '@mode-ood/scores#test']),
  )
  expect(changed).not.toContain('@mode-ood/vitest#test')
}, 60_000)
