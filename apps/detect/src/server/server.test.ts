import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Detector } from '@mode-ood/detector'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSavedDetector } from '../open-saved-detector.ts'
import { drawImage, nodeArguments, smallDetector } from '../small-detector.test.fixture.ts'
import { answerSchema, healthSchema } from './answer-schema.ts'
import { createServer } from './create-server.ts'

const limits = { imageBytes: 20_000, requestBytes: 60_000, imagesPerRequest: 4, pixels: 5000 }

let detector: Detector
let server: FastifyInstance
let address = ''
let directory = ''

beforeAll(async () => {
  directory = await smallDetector()
  detector = await openSavedDetector(directory, 1)
  server = await createServer(detector, { version: '1.2.3', limits })
  address = await server.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await server.close()
  await detector.close()
})

interface Answer {
  readonly status: number
  readonly body: { error?: string; detections?: { name: string; score: number; isOod: boolean; nearest?: object[] }[] }
}

async function post(body: NonNullable<RequestInit['body']>, type?: string, query = ''): Promise<Answer> {
  const headers = type ? { 'content-type': type } : {}
  const response = await fetch(`${address}/detect${query}`, { method: 'POST', headers, body })
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

/** A connection to a server, on which nothing is sent yet. */
function connectTo(to: FastifyInstance): Socket {
  const socket = connect((to.server.address() as AddressInfo).port, '127.0.0.1')
  return socket.on('error', () => {})
}

const bytes = (image: Buffer) => new Uint8Array(image)
const form = (images: readonly Buffer[]) => {
  const data = new FormData()
  for (const [i, image] of images.entries()) data.append('images', new Blob([bytes(image)]), `${i}.png`)
  return data
}

describe('POST /detect', () => {
  test('one image as the body, several in a form or in JSON: the same answers', async () => {
    const images = await Promise.all([drawImage('coloured', 1), drawImage('grey', 2, { width: 30, height: 40 })])
    const one = await post(bytes(images[0]!), 'image/png')
    expect([one.status, one.body.detections]).toEqual([
      200,
      [expect.objectContaining({ name: 'image 0', isOod: false })],
    ])
    const several = await post(form(images))
    expect(several.body.detections!.map(({ name, isOod }) => [name, isOod])).toEqual([
      ['0.png', false],
      ['1.png', true],
    ])
    const json = await post(
      JSON.stringify({ images: images.map((image) => image.toString('base64')) }),
      'application/json',
    )
    const scores = ({ body }: Answer) => body.detections!.map(({ score }) => score)
    expect(scores(json)).toEqual(scores(several))
    expect(scores(one)).toEqual(scores(several).slice(0, 1))
    for (const { body } of [one, several, json]) expect(answerSchema.safeParse(body).error).toBeUndefined()
  })

  test('?nearest names training images, for the request that asks alone', async () => {
    const image = bytes(await drawImage('coloured', 3))
    const [plain, asked] = await Promise.all([post(image, 'image/png'), post(image, 'image/png', '?nearest=2')])
    expect(plain.body.detections![0]).not.toHaveProperty('nearest')
    expect(asked.body.detections![0]).toMatchObject({ view: expect.any(String), nearest: { length: 2 } })
    expect(answerSchema.safeParse(asked.body).error).toBeUndefined()
    expect((await post(image, 'image/png', '?nearest=-1')).status).toBe(400)
  })

  test('answers depend on what else is in a batch by no more than rounding to float32', async () => {
    const images = await Promise.all(Array.from({ length: 24 }, (_, i) => drawImage(i % 3 ? 'coloured' : 'grey', i)))
    const alone: number[] = []
    for (const image of images) alone.push((await post(bytes(image), 'image/png')).body.detections![0]!.score)
    const together = await Promise.all(images.map((image) => post(bytes(image), 'image/png')))
    for (const [i, { body }] of together.entries()) expect(body.detections![0]!.score).toBeCloseTo(alone[i]!, 6)
  })
})

describe('what is wrong is answered with 4xx and one sentence, and the server lives', () => {
  let image: Buffer
  beforeAll(async () => {
    image = await drawImage('coloured', 4, { width: 40, height: 40 })
  })
  const noise = (length: number) => Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 7919) % 251))

  test.each<[string, () => Promise<Answer>, number, string]>([
    ['a truncated image', () => post(bytes(image.subarray(0, 200)), 'image/png'), 422, 'damaged or not an image'],
    ['no image', () => post(bytes(noise(500)), 'application/octet-stream'), 422, 'not an image'],
    ['an empty body', () => post(new Uint8Array(), 'image/png'), 422, 'is empty'],
    ['an image of too many bytes', () => post(bytes(noise(20_001)), 'image/png'), 413, 'more than 20000 bytes'],
    ['a request of too many bytes', () => post(bytes(noise(60_001)), 'image/png'), 413, 'too large'],
    ['a part of too many bytes', () => post(form([noise(20_001)])), 413, 'large'],
    [
      'a form of too many bytes',
      () => post(form([noise(19_999), noise(19_999), noise(19_999), noise(19_999)])),
      413,
      'more than 60000 bytes',
    ],
    ['too many images', () => post(form(Array<Buffer>(5).fill(image))), 413, 'limit'],
    [
      'too many images in JSON',
      () => post(JSON.stringify({ images: Array(5).fill('AAAA') }), 'application/json'),
      413,
      '5 images',
    ],
    [
      'too many pixels',
      async () => post(bytes(await drawImage('grey', 1, { width: 80, height: 80 })), 'image/png'),
      413,
      'more pixels',
    ],
    ['a bad one among good ones', () => post(form([image, noise(99)])), 422, '1.png'],
    ['a form without files', () => post(new FormData()), 400, 'no image'],
    ['JSON of another form', () => post('{"image":"x"}', 'application/json'), 400, 'images'],
    ['JSON that is torn', () => post('{"images":', 'application/json'), 400, 'JSON'],
    ['a type nobody knows', () => post('hello', 'text/plain'), 415, 'Unsupported Media Type'],
  ])('%s', async (_, request, status, sentence) => {
    const answer = await request()
    expect([answer.status, answer.body.error]).toEqual([status, expect.stringContaining(sentence)])
    expect((await fetch(`${address}/health`)).status).toBe(200)
  })

  test('another path and another method', async () => {
    expect((await fetch(`${address}/nothing`)).status).toBe(404)
    expect((await fetch(`${address}/detect`)).status).toBe(404)
  })

  test.each([
    ['headers', 'POST /detect HTTP/1.1\r\nhost: x\r\n'],
    ['a body', 'POST /detect HTTP/1.1\r\nhost: x\r\ncontent-type: image/png\r\ncontent-length: 5000\r\n\r\nabc'],
  ])('who sends %s slowly is cut off', async (_, beginning) => {
    const impatient = await createServer(detector, { version: '1', limits: { requestMs: 700 } })
    await impatient.listen({ host: '127.0.0.1', port: 0 })
    const socket = connectTo(impatient)
    let answer = ''
    socket.on('data', (chunk) => (answer += String(chunk)))
    socket.write(beginning)
    await once(socket, 'close')
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    await impatient.close()
  })
})

describe('what is too much at a time', () => {
  /** A server whose detector judges once it is let to. */
  async function waitingServer(least: Parameters<typeof createServer>[1]['limits']) {
    const gate = new EventEmitter()
    const begun = once(gate, 'begun')
    const open = once(gate, 'open')
    const detect: Detector['detect'] = async (...args) => {
      gate.emit('begun')
      await open
      return detector.detect(...args)
    }
    const busy = await createServer({ ...detector, detect }, { version: '1', limits: least })
    const send = (payload: Buffer) =>
      busy.inject({ method: 'POST', url: '/detect', headers: { 'content-type': 'image/png' }, payload })
    return { busy, send, begun, letJudge: () => void gate.emit('open') }
  }

  test.each([
    ['images', { waitingImages: 1 }],
    ['bytes', { waitingBytes: 200 }],
  ])('%s under way are counted, and others turned away with 503 before they are decoded', async (what, least) => {
    const { busy, send, begun, letJudge } = await waitingServer(least)
    const image = await drawImage('coloured', 9)
    const first = send(image)
    await begun
    const notDecoded = await send(Buffer.alloc(200))
    expect([notDecoded.statusCode, notDecoded.headers['retry-after']]).toEqual([503, '1'])
    expect(notDecoded.json()).toEqual({ error: expect.stringMatching(`^\\d+ ${what} .*under way already`) })
    letJudge()
    expect((await first).statusCode).toBe(200)
    expect((await send(Buffer.alloc(200))).statusCode).toBe(422)
    expect((await busy.inject({ method: 'POST', url: '/detect', payload: {} })).statusCode).toBe(400)
    expect((await send(image)).statusCode).toBe(200)
    await busy.close()
  })

  test('clients that stay silent do not keep a server from closing, and who is being judged is answered', async () => {
    const { busy, begun, letJudge } = await waitingServer({ requestMs: 300 })
    await busy.listen({ host: '127.0.0.1', port: 0 })
    const { port } = busy.server.address() as AddressInfo
    const image = bytes(await drawImage('coloured', 9))
    const headers = { 'content-type': 'image/png' }
    const answer = fetch(`http://127.0.0.1:${port}/detect`, { method: 'POST', headers, body: image })
    await begun
    const silent = [connectTo(busy), connectTo(busy)]
    await Promise.all(silent.map((socket) => once(socket, 'connect')))
    silent[1]!.write('POST /detect HTTP/1.1\r\n')
    const closed = busy.close()
    letJudge()
    expect((await answer).status).toBe(200)
    await closed
  }, 60_000)
})

describe('beside it', () => {
  test('GET /health, /metrics and /openapi.json', async () => {
    const health: unknown = await (await fetch(`${address}/health`)).json()
    expect(healthSchema.safeParse(health).error).toBeUndefined()
    const metrics = await (await fetch(`${address}/metrics`)).text()
    expect(metrics).toMatch(/mode_ood_images_total\{verdict="ood"\} [1-9]/)
    expect(metrics).toMatch(/mode_ood_request_seconds_count\{status="422"\} [1-9]/)
    expect(metrics).toMatch(/mode_ood_drift_p_value (0|1)/)
    const document = (await (await fetch(`${address}/openapi.json`)).json()) as { paths: object; info: object }
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } })
    expect(Object.keys(document.paths)).toEqual(['/detect', '/health', '/metrics'])
  })

  test('a process of its own answers, and on SIGTERM finishes what is under way and ends with 0', async () => {
    const child = spawn(process.execPath, [...nodeArguments, 'serve', directory, '--port', '0', '--threads', '1'])
    let stderr = ''
    child.stderr.on('data', (chunk) => (stderr += String(chunk)))
    let stdout = ''
    const url = await new Promise<string>((resolve, reject) => {
      child.on('exit', () => reject(new Error(stderr)))
      child.stdout.on('data', (chunk) => {
        stdout += String(chunk)
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout)
        if (found) resolve(found[0])
      })
    })
    const image = bytes(await drawImage('grey', 5))
    const headers = { 'content-type': 'image/png' }
    const answers = Array.from({ length: 6 }, () => fetch(`${url}/detect`, { method: 'POST', headers, body: image }))
    await Promise.race(answers)
    const ended = once(child, 'exit') as Promise<[number]>
    child.kill('SIGTERM')
    const settled = await Promise.allSettled(answers)
    const [code] = await ended
    expect([code, stderr]).toEqual([0, expect.stringContaining('answering what is under way')])
    const accepted = settled.filter((one) => one.status === 'fulfilled')
    // What had not arrived whole when the signal came is turned away.
    expect([200, 503]).toEqual(expect.arrayContaining(accepted.map(({ value }) => value.status)))
    expect(accepted.some(({ value }) => value.status === 200)).toBe(true)
  }, 300_000)
})
