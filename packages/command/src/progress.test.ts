import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createProgress, type OutputStream } from './progress.ts'

function collector(isTTY: boolean): { stream: OutputStream; text: () => string } {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  // What a bar asks of a terminal.
  const terminal = { isTTY, columns: 200, cursorTo: () => true, clearLine: () => true, moveCursor: () => true }
  return { stream: Object.assign(stream, terminal), text: () => chunks.join('') }
}

test('a pipe gets a line a stage, with images and rate', () => {
  const { stream, text } = collector(false)
  let time = 0
  const progress = createProgress(stream, () => time)
  progress.start('epoch 1', 100)
  progress.advance(100, 'loss 2.3')
  time = 4000
  progress.say('a line')
  progress.finish('loss 1.2')
  expect(text()).toBe('a line\n  epoch 1: loss 1.2 (4.0 s, 25/s)\n')
})

test('a bar goes on where it was after a line, and begins where an earlier run stopped', () => {
  const { stream, text } = collector(true)
  const progress = createProgress(stream)
  progress.start('training', 100, 40)
  expect(text()).toContain('40/100')
  progress.advance(20, 'loss 1.25')
  progress.say('epoch 1')
  progress.stop()
  const after = text().slice(text().indexOf('epoch 1'))
  expect(after).toContain('60/100')
  expect(after).toContain('loss 1.25')
})
