import { readFileSync } from 'node:fs'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { expect, inject, test } from 'vitest'
import type { PackedPackage } from './packed-packages.ts'

const packed = inject('packed')

/** What `violates` finds in all packages, each with the package's name. */
function faults(violates: (pack: PackedPackage) => readonly string[]): string[] {
  return packed.flatMap((pack) => violates(pack).map((fault) => `${pack.manifest.name}: ${fault}`))
}

test('every package is packed', () => {
  expect(packed.map(({ folder }) => folder)).toEqual(expect.arrayContaining(['core', 'metrics', 'csd', 'inference']))
})

test('tarballs hold compiled code, types, a README and the licence', () => {
  const expected = ['dist/index.js', 'dist/index.d.ts', 'README.md', 'LICENSE', 'package.json']
  expect(faults(({ files }) => expected.filter((file) => !files.includes(file)))).toEqual([])
})

test('tarballs hold no tests, no fixtures and no state of a build', () => {
  const unwanted = /\.test\.|\.bench\.|tsbuildinfo|^fixtures\/|node_modules/
  expect(faults(({ files }) => files.filter((file) => unwanted.test(file)))).toEqual([])
})

test('packed manifests name real versions and nothing of the workspace', () => {
  const unwanted = ['workspace:', 'catalog:', 'link:', 'file:']
  expect(faults(({ manifest }) => unwanted.filter((word) => JSON.stringify(manifest).includes(`"${word}`)))).toEqual([])
})

test('publint has nothing to say in its strict mode', async () => {
  const complaints: string[] = []
  for (const { directory, manifest, files } of packed) {
    const { messages } = await publint({
      pkgDir: directory,
      strict: true,
      pack: {
        files: files.map((name) => ({ name: `${directory}/${name}`, data: readFileSync(`${directory}/${name}`) })),
      },
    })
    complaints.push(...messages.map(({ code }) => `${manifest.name}: ${code}`))
  }
  expect(complaints).toEqual([])
}, 60_000)

test('types resolve as an ES module does, under Node and under bundlers', async () => {
  const problems: string[] = []
  for (const { tarball, manifest } of packed) {
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))))
    if (!analysis.types) {
      problems.push(`${manifest.name}: no types`)
      continue
    }
    for (const problem of analysis.problems) {
      const kind = 'resolutionKind' in problem ? problem.resolutionKind : undefined
      // The packages are ES modules only: CommonJS and the resolution of before `exports` are not promised.
      if (kind === 'node10' || kind === 'node16-cjs' || problem.kind === 'CJSResolvesToESM') continue
      problems.push(`${manifest.name}: ${problem.kind} ${kind ?? ''}`)
    }
  }
  expect(problems).toEqual([])
}, 120_000)
