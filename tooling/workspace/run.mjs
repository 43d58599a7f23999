// The root commands (`npm start`, `npm test`, `npm run evaluate`, …). Needs Node and npm only: it installs what is
// missing through npx, builds what changed, then hands over. Plain JavaScript, since it runs before anything is built.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { prepare, repository } from './prepare.mjs'
import { testTotals } from './test-totals.mjs'

const [command = '', ...args] = process.argv.slice(2)
// npm runs scripts in the repository root; paths in arguments are meant from where the person typed them.
const cwd = process.env.INIT_CWD ?? process.cwd()
const bin = (name) => join(repository, 'node_modules/.bin', name)

const run = (program, programArgs, options = {}) => {
  const { status, signal } = spawnSync(program, programArgs, { cwd: repository, stdio: 'inherit', ...options })
  return signal ? 130 : (status ?? 1)
}
const build = (...projects) => {
  const status = run(bin('tsc'), ['-b', ...projects])
  if (status !== 0) process.exit(status)
}
/** The page of the viewer; built again when something it is made of has changed. */
const buildPage = () => {
  const status = run(process.execPath, [join(repository, 'apps/viewer/scripts/build-page.mjs')])
  if (status !== 0) process.exit(status)
}
const app = (path, appArgs) => {
  buildPage()
  build(path)
  return run(process.execPath, [join(repository, path, 'dist/main.js'), ...appArgs], { cwd })
}

const commands = {
  start: () => app('apps/evaluate', ['--demo', ...args]),
  evaluate: () => app('apps/evaluate', args),
  view: () => app('apps/viewer', args),
  train: () => app('apps/train', args),
  detect: () => app('apps/detect', args),
  bench: () => {
    build('apps/evaluate', 'apps/detect')
    return app('tooling/bench', args)
  },
  study: () => app('tooling/study', args),
  libtensorflow: () => app('tooling/libtensorflow', args),
  build: () => {
    buildPage()
    return run(bin('tsc'), ['-b'])
  },
  format: () => run(bin('oxfmt'), args),
  test: () => test('test', '.test-results.json'),
  'test:acceptance': () => test('test:acceptance', '.acceptance-results.json'),
  check: () =>
    run(bin('oxlint'), []) || run(bin('oxfmt'), ['--check']) || run(bin('tsc'), ['-b']) || run(bin('knip'), []),
}

function test(task, results) {
  buildPage()
  const turboArgs = ['run', task, '--continue', '--concurrency=2', '--output-logs=errors-only', ...args]
  // turbo finds the package manager on PATH, which is where npx puts it.
  const status = run('npx', ['-y', prepare.pnpm, 'exec', 'turbo', ...turboArgs])
  const { files, passed, failed, skipped } = testTotals(repository, results)
  console.log(
    `\n Test Files  ${files} in all\n      Tests  ${passed} passed | ${failed} failed | ${skipped} skipped (${passed + failed + skipped})`,
  )
  return status
}

if (!Object.hasOwn(commands, command)) {
  console.error(`no command "${command}": there are ${Object.keys(commands).join(', ')}`)
  process.exit(2)
}
prepare()
// The child reports a Ctrl-C itself; this process only waits for it.
process.on('SIGINT', () => {})
process.exitCode = commands[command]()
