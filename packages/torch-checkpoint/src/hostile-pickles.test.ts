import { describe, expect, test } from 'vitest'
import { createRandom, InvalidFileError } from '@mode-ood/core'
import { checkpointOf, tensorPickle } from './checkpoint.test.fixture.ts'
import { readTorchCheckpoint } from './index.ts'

const message = (pickle: string): string => {
  try {
    readTorchCheckpoint(checkpointOf(pickle), { file: 'odd.pt' })
    return 'read'
  } catch (error) {
    if (!(error instanceof InvalidFileError)) throw error
    return error.message
  }
}
const length4 = (value: number) =>
  String.fromCharCode(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24)
const many = (text: string, count: number) => text.repeat(count)

describe('globals', () => {
  test.each([
    ['os.system', "cos\nsystem\n(S'true'\ntR."],
    ['builtins.eval', "cbuiltins\neval\n(S'1'\ntR."],
    ['builtins.getattr', 'cbuiltins\ngetattr\n.'],
    ['builtins.exec', '\x80\x04\x8c\x08builtins\x8c\x04exec\x93.'],
    ['operator.attrgetter', 'coperator\nattrgetter\n.'],
    ['torch.load', 'ctorch\nload\n.'],
    ['torch._utils._rebuild_sparse_tensor', 'ctorch._utils\n_rebuild_sparse_tensor\n.'],
    ['torch.storage._load_from_bytes', 'ctorch.storage\n_load_from_bytes\n.'],
    ['collections.OrderedDict.fromkeys', 'ccollections\nOrderedDict.fromkeys\n.'],
    ['pathlib.PosixPath', 'cpathlib\nPosixPath\n.'],
    ['toString.constructor', 'ctoString\nconstructor\n.'],
    ['__proto__.__proto__', 'c__proto__\n__proto__\n.'],
  ])('%s is refused by name', (global, pickle) => {
    expect(message(pickle)).toBe(
      `odd.pt: holds "${global}", which is refused: only tensors, numbers, strings and containers are read, so save model.state_dict() alone`,
    )
  })

  test.each([
    ['a class of one’s own', 'c__main__\nNet\n.', /holds a pickled module \(__main__\.Net\)/],
    ['an instance of an old class', '(S"a"\nios\nsystem\n.', /operation 0x69, which torch does not write/],
    ['an extension code', '\x82\x01.', /operation 0x82/],
    ['NEWOBJ_EX', ')})\x92.', /operation 0x92/],
    ['a storage that is called', 'ctorch\nFloatStorage\n(I9\ntR.', /holds "torch\.FloatStorage", which is refused/],
    ['a text that is called', "S'os.system'\n(tR.", /calls something that is no function/],
    ['a dictionary that is called', '}(tR.', /calls something that is no function/],
    ['a global named by a list', '](t\x93.', /names a global with no text/],
    ['state given to a dictionary', "}}S'weight'\nI1\nsb.", /holds no tensors/],
    ['a dictionary made of numbers', 'ccollections\nOrderedDict\n((I1\nI2\nltR.', /made of no pairs/],
  ])('%s', (_, pickle, sentence) => expect(message(pickle)).toMatch(sentence))
})

describe('shape of the pickle', () => {
  test.each([
    ['nothing', '', /ends in the middle/],
    ['only a stop', '.', /reads an empty stack/],
    ['no dictionary', 'I1\n.', /holds no dictionary of tensors/],
    ['a mark for a value', '(.', /reads an empty stack/],
    ['a tuple without a mark', 'I1\nt.', /no mark where one is needed/],
    ['a memo never written', 'h\x05.', /memo it has not written/],
    ['items of a list', "]S'a'\nI1\ns.", /something that is no dictionary/],
    ['an odd number of items', "}(S'a'\nu.", /something that is no dictionary/],
    ['a number that is none', 'Ione\n.', /holds no integer/],
    ['a text of 4 GB', `X${length4(0xffffffff)}abc.`, /ends in the middle/],
    ['bytes of 2^63', `\x8e${length4(0xffffffff)}${length4(0x7fffffff)}abc.`, /ends in the middle/],
    ['an integer of a megabyte', `\x8b${length4(1 << 20)}${many('\xff', 1 << 20)}.`, /integer of 1048576 bytes/],
    ['an integer of a million digits', `L${many('9', 1_000_000)}L\n.`, /holds no integer/],
    ['a million lists in one another', `${many(']', 1_000_000)}${many('a', 999_999)}.`, /no dictionary of tensors/],
    ['a million dictionaries in one another', `}${many('S"a"\n}', 300_000)}${many('s', 300_000)}.`, /holds no tensors/],
    [
      'deep lists for the key of a storage',
      `}((S'storage'\nctorch\nFloatStorage\n${many(']', 50_000)}${many('a', 49_999)}S'cpu'\nI4\ntQ.`,
      /names a storage wrongly/,
    ],
    ['a list that holds itself', ']q\x00h\x00a.', /no dictionary of tensors/],
    ['doublings of doublings', `]${many('q\x00(h\x00h\x00l', 1000)}.`, /no dictionary of tensors/],
    ['a number for a persistent id', 'I1\nQ.', /storage of the unknown type ""/],
    ['a text for a persistent id', 'P1\n.', /storage of the unknown type ""/],
  ])('%s', (_, pickle, sentence) => expect(message(pickle)).toMatch(sentence))

  test('random operations', () => {
    const random = createRandom('operations')
    const codes =
      '().]}0123456789INFSVXJKMGUTBCtldaesupqrhgcPQRb\x80\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8e\x8f\x90\x91\x93\x94\x95\n\0'
    for (let i = 0; i < 5000; i++) {
      const body = Array.from({ length: random.integer(30) }, () => codes[random.integer(codes.length)]).join('')
      expect(typeof message(`${body}.`)).toBe('string')
    }
  })
})

describe('tensors', () => {
  test('the good one is read', () => {
    const { tensors } = readTorchCheckpoint(checkpointOf(tensorPickle({ offset: 1, shape: [3] })))
    expect([...tensors.get('w')!.data]).toEqual([1, 2, 3])
  })

  test.each([
    [{ shape: [5] }, /needs 20 bytes of a storage of 16/],
    [{ offset: 1 }, /needs 20 bytes of a storage of 16/],
    [{ offset: -1 }, /no whole numbers/],
    [{ strides: [2] }, /needs 28 bytes/],
    [{ strides: [-1] }, /no whole numbers/],
    [{ shape: [2, 2] }, /no whole numbers/],
    [{ shape: [2 ** 40], strides: [0] }, /far larger than the file/],
    [{ shape: [2 ** 52, 2 ** 52], strides: [0, 0] }, /far larger than the file/],
    [{ elements: 5 }, /has 16 bytes in the storage data\/0 of 5 elements of 4 bytes/],
    [{ type: 'DoubleStorage' }, /has 16 bytes in the storage data\/0 of 4 elements of 8 bytes/],
    [{ type: 'ComplexFloatStorage' }, /holds "torch\.ComplexFloatStorage", which is refused/],
  ])('%j', (tensor, sentence) => expect(message(tensorPickle(tensor))).toMatch(sentence))

  test('a storage that is not in the file', () => {
    expect(message(tensorPickle().replace("S'0'", "S'1'"))).toMatch(/lacks the storage data\/1/)
  })

  test('a thousand tensors of one storage spread to a megabyte each', () => {
    const entry = tensorPickle({ shape: [1 << 18], strides: [0] }).slice(1, -1)
    expect(message(`}${many(entry, 1000)}.`)).toMatch(/far larger than the file/)
  })
})
