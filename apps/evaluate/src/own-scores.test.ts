import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refusalOf, smallConfiguration, smallEvaluation, type Refusal } from './command.test.fixture.ts'
import { startCommands } from './start-commands.test.fixture.ts'

const base = smallConfiguration(smallEvaluation())

const module = (content: string) => (directory: string) => {
  writeFileSync(join(directory, 'score.mjs'), content)
  return { change: { scores: [{ module: './score.mjs' }] } }
}

const score = (result: string) =>
  module(`import { defineScore } from '@mode-ood/core'
    export default defineScore({ name: 'mine', needs: ['logits'], score: ({ logits }) => ${result} })`)

const place = String.raw`set "id\.test", images from test/class-0/0\.png on`
const refusals: Refusal[] = [
  [
    'a missing module',
    () => ({ change: { scores: [{ module: './no.js' }] } }),
    1,
    /no\.js: there is no such score module/,
  ],
  [
    'a module that is a folder',
    () => ({ change: { scores: [{ module: '.' }] } }),
    1,
    /is a folder, but a score module/,
  ],
  [
    'a syntax error',
    module('export default {'),
    1,
    /score\.mjs: the score module cannot be loaded: Unexpected end of input/,
  ],
  [
    'no score among the exports',
    module('export const a = 1'),
    1,
    /score\.mjs: exports no score: export default defineScore/,
  ],
  ['a module that throws', module('throw new Error("no luck")'), 1, /score\.mjs: .* cannot be loaded: no luck/],
  ['a missing import', module('import "not-installed"'), 1, /score\.mjs: .*Cannot find package 'not-installed'/],
  ['a score that throws', score('{ throw new TypeError("oh no") }'), 1, new RegExp(`${place}: score "mine": oh no`)],
  ['a score that throws nothing', score('{ throw null }'), 1, new RegExp(`${place}: score "mine": null`)],
  ['NaN', score('new Float64Array(logits.rows).fill(NaN)'), 1, new RegExp(`${place}: score "mine" is NaN for image 0`)],
  [
    'too few numbers',
    score('new Float64Array(3)'),
    1,
    new RegExp(`${place}: score "mine" gave 3 numbers for 32 images`),
  ],
  ['no numbers', score('null'), 1, new RegExp(`${place}: score "mine"`)],
]

// Modules are loaded by Node itself, not by the test runner; one process does for all.
const commands = startCommands()

test.each(refusals)('%s', async (_, wrong, code, sentence) => {
  expect(await refusalOf(base, wrong, commands)).toEqual([code, expect.stringMatching(sentence)])
})
