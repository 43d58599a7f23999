import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What an example printed, and what the README says it prints. */
export interface ReadmeExample {
  readonly printed: string
  readonly promised: string
}

/**
 * Runs the first `ts` block of a README as a module in a process of its own, in the README's folder and from sources. What
 * it promises to print is its last comment.
 *
 * @example
 * const { printed, promised } = runReadmeExample(new URL('../README.md', import.meta.url))
 * expect(printed).toBe(promised)
 */
export function runReadmeExample(readme: URL): ReadmeExample {
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(readme, 'utf8'))?.[1]
  const promised = [...(example ?? '').matchAll(/\/\/ (.*)$/gm)].at(-1)?.[1]
  if (example === undefined || promised === undefined) {
    throw new Error(`${fileURLToPath(readme)} has no example that ends in a comment with what it prints`)
  }
  const printed = execFileSync(process.execPath, [...process.execArgv, '--input-type=module', '--eval', example], {
    cwd: fileURLToPath(new URL('.', readme)),
    encoding: 'utf8',
  })
  return { printed: printed.trim(), promised }
}
