import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIPv4 } from 'node:net'
import { basename, join } from 'node:path'
import { InvalidOptionError } from '@mode-ood/core'
import { readPage } from './page-file.ts'
import { describeRun, listRuns, runFileType } from './run-files.ts'

export interface ServeOptions {
  /** The directory that holds the runs. */
  readonly directory: string
  /** The run the page opens with. */
  readonly run: string
  /** 0 or absent: any that is free. */
  readonly port?: number | undefined
  /** 127.0.0.1 unless given. */
  readonly host?: string | undefined
}

export interface RunServer {
  readonly url: string
  close(): Promise<void>
}

/**
 * Serves the page and the runs of a directory. A request can name a run directly below it and a file of a known name, so no
 * path leads anywhere else; on a loopback address, only requests for a loopback name are answered.
 *
 * @throws InvalidOptionError when it cannot listen there; ModeOodError when the page was not built.
 */
export async function serveRuns(options: ServeOptions): Promise<RunServer> {
  const { host = '127.0.0.1', port = 0 } = options
  await readPage()
  const server = createServer((request, response) => {
    answer(request, response, options).catch(() => {
      if (response.headersSent) response.destroy()
      else refuse(response, 500, 'this file cannot be read')
    })
  })
  await listen(server, host, port)
  const address = server.address() as { port: number }
  const name = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${name}:${address.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'another program listens there already' : message
      reject(new InvalidOptionError(`--port ${port} on ${host} cannot be used: ${why}`))
    })
    server.listen(port, host, resolve)
  })
}

async function answer(request: IncomingMessage, response: ServerResponse, options: ServeOptions): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    return refuse(response, 405, 'only GET and HEAD')
  }
  if (!isAsked(request.headers.host ?? '', options.host ?? '127.0.0.1')) {
    return refuse(response, 403, 'this server answers to its own address only')
  }
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
  response.setHeader('Referrer-Policy', 'no-referrer')
  // Runs are written again under the same names: everything is asked for again, and unchanged files cost a 304.
  response.setHeader('Cache-Control', 'no-cache')
  const path = (request.url ?? '/').split('?')[0]!
  if (path === '/' || path === '/index.html') return send(response, 'text/html; charset=utf-8', await readPage())
  if (path === '/runs.json') {
    const runs = await listRuns(options.directory)
    return send(response, 'application/json; charset=utf-8', JSON.stringify({ run: options.run, runs }))
  }
  return sendFile(request, response, options.directory, path)
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  directory: string,
  path: string,
): Promise<void> {
  const [, , run = '', file = ''] = /^\/runs\/[^/]+\/[^/]+$/.test(path) ? path.split('/').map(decoded) : []
  const type = runFileType(file)
  const isRun = type !== null && isPlainName(run) && (await describeRun(directory, run)) !== null
  const found = isRun ? await stat(join(directory, run, file)).catch(() => null) : null
  if (type === null || !found?.isFile()) return refuse(response, 404, 'there is no such file')
  const tag = `"${found.size.toString(36)}-${Math.round(found.mtimeMs).toString(36)}"`
  response.setHeader('ETag', tag)
  if (request.headers['if-none-match'] === tag) return void response.writeHead(304).end()
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': found.size })
  if (request.method === 'HEAD') return void response.end()
  // A file that grows meanwhile is sent up to the length that was promised.
  const stream = createReadStream(join(directory, run, file), found.size > 0 ? { end: found.size - 1 } : {})
  stream.on('error', () => response.destroy())
  stream.pipe(response)
}

/** Keeps pages of other sites from reading runs through a name of theirs that points to this machine. */
function isAsked(asked: string, host: string): boolean {
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.')
  if (!isLoopback) return true
  const name = asked.replace(/:\d+$/, '').replaceAll(/[[\]]/g, '')
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'))
}

/** Whether a name leads to an entry of the directory itself. */
function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && basename(name) === name
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'Content-Type': type }).end(body)
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${reason}\n`)
}
