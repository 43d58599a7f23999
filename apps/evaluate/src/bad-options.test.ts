import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { refusalOf, smallConfiguration, smallEvaluation, type Refusal } from './command.test.fixture.ts'

const base = smallConfiguration(smallEvaluation())
const aFile = fileURLToPath(new URL('./main.ts', import.meta.url))

const args =
  (...given: string[]) =>
  () => ({ args: given })
const text = (content: string | Uint8Array) => () => ({ text: content })
const scores =
  (...given: unknown[]) =>
  () => ({ change: { scores: given } })
const model = (change: object) => () => ({ change: { model: { ...base.model, ...change } } })
const ood = (set: object) => () => ({ change: { ood: [{ name: 'odd', ...set }] } })
const folder = { format: 'folder', path: 'x' }
const aliases = [...'bcdefghij'].map((name, i) => `${name}: &${name} [${`*${'abcdefghi'[i]},`.repeat(9)}]`)

const refusals: Refusal[] = [
  ['an unknown option', args('--limits', '3'), 2, /no option --limits; did you mean --limit\?/],
  ['limit 0', args('--limit', '0'), 2, /--limit is "0" and must be a whole number of at least 1/],
  ['limit -1', args('--limit', '-1'), 2, /--limit is "-1" and must be a whole number of at least 1/],
  ['limit abc', args('--limit', 'abc'), 2, /--limit is "abc" and must be/],
  ['threads 0', args('--threads', '0'), 2, /--threads is "0" and must be a whole number from 1 to 256/],
  ['a billion threads', args('--threads', '1e9'), 2, /--threads is "1e9" and must be a whole number from 1 to 256/],
  ['an unknown score in --scores', args('--scores', 'msp,knm'), 2, /no score "knm"; did you mean knn\?/],
  ['nothing like a score in --scores', args('--scores', 'zzzzzz'), 2, /no score "zzzzzz"; there are csd, knn/],
  ['no name in --scores', args('--scores', 'msp,'), 2, /--scores is "msp," and must be names with a comma between/],
  ['a cache of no size', args('--cache-size', 'big'), 2, /--cache-size is "big" and must be a number of gigabytes/],
  ['a cache that is a file', args('--cache', aFile), 2, /--cache .*main\.ts is a file, and must be a directory/],
  ['an output that is a file', args('--output', aFile), 2, /--output .*main\.ts is a file, and must be a directory/],

  ['a configuration that is missing', args('--config', 'no.yaml'), 1, /no\.yaml: there is no such file/],
  ['a configuration below a file', args('--config', `${aFile}/no.yaml`), 1, /no\.yaml: there is no such file/],
  ['a configuration that is a folder', (at) => ({ args: ['--config', at] }), 1, /cannot be read: .*directory/],
  ['an empty configuration', text(''), 1, /evaluate\.json: is empty, but a configuration has the keys model, id/],
  [
    'a configuration that is a list',
    text('- a\n'),
    1,
    /evaluate\.json: holds a list, but a configuration has the keys/,
  ],
  ['a configuration that is a text', text('hello'), 1, /evaluate\.json: holds a string, but/],
  ['invalid YAML', text('model:\n  a: [1,\nid: }'), 1, /evaluate\.json: is not valid YAML: .* at line 3, column 1$/],
  ['a key twice', text('ood: []\nood: []\n'), 1, /Map keys must be unique at line 2, column 1$/],
  [
    'an alias of an alias of …',
    text(`a: &a [1,1]\n${aliases.join('\n')}`),
    1,
    /is not valid YAML: Excessive alias count/,
  ],
  ['an unknown alias', text('model: *x\n'), 1, /evaluate\.json: is not valid YAML: Unresolved alias/],
  ['an unknown tag', text('model: !!js/function "x"\n'), 1, /"model" is "x": expected object/],
  ['two documents', text('model: 1\n---\nmodel: 2\n'), 1, /Source contains multiple documents at line 2, column 1$/],
  ['bytes', text(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0)), 1, /evaluate\.json: is not UTF-8 text/],
  ['UTF-16', text(Buffer.from('\uFEFFmodel: 1', 'utf16le')), 1, /is not UTF-8 text, but a configuration is YAML/],
  ['zeros', text(new Uint8Array(100)), 1, /is not UTF-8 text/],

  ['an unknown key', () => ({ change: { scoers: [] } }), 1, /has the unknown key "scoers"; did you mean scores\?/],
  ['an unknown key of a set', ood({ ...folder, resise: 'crop' }), 1, /"ood\.0" has .* "resise"; did you mean resize\?/],
  ['an unknown key of the model', model({ meen: 1 }), 1, /"model" has the unknown key "meen"; did you mean mean\?/],
  ['an unknown format', ood({ format: 'foldr' }), 1, /"ood\.0\.format" is "foldr", .*did you mean folder\?/],
  ['no format', ood({ path: 'x' }), 1, /"ood\.0\.format" is missing/],
  ['an unknown resize', ood({ ...folder, resize: 'crap' }), 1, /"ood\.0\.resize" is "crap".*did you mean crop\?/],
  ['an unknown group', ood({ ...folder, group: 'nere' }), 1, /"ood\.0\.group" is "nere".*did you mean near\?/],
  [
    'an unknown architecture',
    () => ({ change: { model: { architecture: 'cifar-resnet21', checkpoint: 'x', mean: [0, 0, 0], std: [1, 1, 1] } } }),
    1,
    /"model\.architecture" is "cifar-resnet21", which is not known; did you mean cifar-resnet20\?/,
  ],
  ['no model file', () => ({ change: { model: { mean: [0, 0, 0], std: [1, 1, 1] } } }), 1, /"model\.onnx" is missing/],
  ['std 0', model({ std: [0, 1, 1] }), 1, /"model\.std\.0" is 0: .*expected number to be >0/],
  ['one mean', model({ mean: 0.5 }), 1, /"model\.mean" is 0\.5: expected three numbers, one a channel/],
  ['no OOD set', () => ({ change: { ood: [] } }), 1, /"ood" is \[\]: .*expected array to have >=1 items/],
  ['two sets of one name', () => ({ change: { ood: [base.ood[0], base.ood[0]] } }), 2, /two sets are called "other"/],
  ['a set called id.test', () => ({ change: { ood: [{ ...base.ood[0], name: 'id.test' }] } }), 2, /called "id\.test"/],
  ['a score twice', scores('msp', 'msp'), 2, /evaluate\.json: score "msp" is listed twice with the same options/],
  ['an unknown score', scores('enrgy'), 2, /evaluate\.json: there is no score "enrgy"; did you mean energy\?/],
  [
    'an unknown option of a score',
    scores({ name: 'knn', kk: 3 }),
    2,
    /evaluate\.json: score "knn": .*"kk"; did you mean k\?/,
  ],
  ['an option that is no number', scores({ name: 'knn', k: 'three' }), 2, /evaluate\.json: score "knn": option "k"/],
  ['no score', scores(null), 1, /"scores\.0" is null: expected string/],
  [
    'no training set for a score that learns',
    () => ({ change: { id: { test: (base.id as { test: object }).test } } }),
    1,
    /evaluate\.json: "id\.train" is missing, and score "knn" learns from training images/,
  ],
]

test.each(refusals)('%s', async (_, wrong, code, sentence) => {
  expect(await refusalOf(base, wrong)).toEqual([code, expect.stringMatching(sentence)])
})
