import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { installPacked, type PackedPackage } from './packed-packages.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder whose `node_modules` holds the packages as published. */
    project: string
    packed: readonly PackedPackage[]
  }
}

/** Packs and installs the packages into a folder that all tests share; removes it after the last. */
export default async function packOnce({ provide }: TestProject): Promise<() => void> {
  const project = mkdtempSync(join(tmpdir(), 'mode-ood-packed-'))
  provide('project', project)
  provide('packed', await installPacked(project))
  return () => rmSync(project, { recursive: true, force: true })
}
