// A test that prints fails: output nobody reads hides output somebody should.
import { afterEach, beforeEach, expect } from 'vitest'

const methods = ['log', 'info', 'warn', 'error', 'debug']
let printed = []
const originals = {}

beforeEach(() => {
  printed = []
  for (const method of methods) {
    originals[method] = console[method]
    console[method] = (...args) => printed.push(`console.${method}: ${args.join(' ')}`)
  }
})

afterEach(() => {
  for (const method of methods) console[method] = originals[method]
  expect(printed, 'tests must not print').toEqual([])
})
