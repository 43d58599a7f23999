import { render } from 'preact'
import { App } from './app.tsx'
import { findRun } from './data/find-run.ts'

const root = document.getElementById('app')!

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  render(
    <main class="failure">
      <h1>This run cannot be shown</h1>
      <p role="alert">{message}</p>
    </main>,
    root,
  )
}

async function start(): Promise<void> {
  render(
    <main class="failure">
      <p role="status">Reading the run…</p>
    </main>,
    root,
  )
  const found = await findRun()
  document.title = `${found.name} · mode-ood`
  render(<App {...found} />, root)
}

start().catch(fail)
