import { type Matrix, ModeOodError, type Neighbors } from '@mode-ood/core'
import { checkSearch, ExactSelection } from '@mode-ood/feature-bank/driver'
import { readVector } from './read-vector.ts'
import type { Session } from './session.ts'
import { readExtent, type Table } from './table.ts'

/** Bytes of vectors asked for at a time. */
const fetchBytes = 8 * 2 ** 20
/** Queries whose candidates are fetched together. */
const queriesAtATime = 64
/** Positions asked for at a time where bounds leave many vectors. */
const pagePositions = 10_000

/** What the searches of one transaction share. */
interface Search {
  readonly session: Session
  readonly table: Table
  /** The distance of a vector from the query in $1, as pgvector computes it in float32. */
  readonly distance: string
  readonly vectorSend: string
  readonly dimension: number
}

/** A query on its way to its k nearest. */
interface Query {
  /** As SQL takes it. */
  readonly text: string
  readonly selection: ExactSelection
}

/** What pgvector puts first: positions, the distance of the last, and whether that is the whole table. */
interface Ranking {
  readonly positions: readonly number[]
  readonly last: number
  readonly all: boolean
}

/**
 * The exact k nearest of every query. pgvector ranks all vectors by its distances; those it puts first are computed again in
 * float64. Where its rounding may have put one of the k nearest behind them, all that it finds within reach are.
 *
 * @throws ModeOodError where so many rows were deleted that fewer than k are left.
 */
export async function searchRows(
  session: Session,
  table: Table,
  extension: string,
  queries: Matrix,
  k: number,
): Promise<Neighbors> {
  const extent = await readExtent(session, table)
  checkSearch(extent, queries, k)
  const { dimension } = extent
  const distance = `vector OPERATOR(${extension}.<->) $1::${extension}.vector`
  const search = { session, table, distance, vectorSend: `${extension}.vector_send(vector)`, dimension }
  const distances = new Float64Array(queries.rows * k)
  const indices = new Int32Array(queries.rows * k)
  for (let start = 0; start < queries.rows; start += queriesAtATime) {
    const count = Math.min(queriesAtATime, queries.rows - start)
    const batch = Array.from({ length: count }, (_, i): Query => {
      const vector = queries.data.subarray((start + i) * dimension, (start + i + 1) * dimension)
      return { text: `[${vector.join(',')}]`, selection: new ExactSelection(vector, k) }
    })
    await select(search, batch, k)
    for (const [i, { selection }] of batch.entries()) selection.drain(distances, indices, (start + i) * k)
  }
  return { distances, indices }
}

async function select(search: Search, queries: readonly Query[], k: number): Promise<void> {
  // A few more than k, so that equal neighbours of the k-th seldom make a second look necessary.
  const rankings = await rankFirst(search, queries, k + 8 + Math.ceil(k / 8))
  const wanted = new Map<number, ExactSelection[]>()
  for (const [i, { selection }] of queries.entries()) {
    const { positions } = rankings[i]!
    if (positions.length < k) {
      throw new ModeOodError(
        `k is ${k} but the table ${search.table.name} holds ${positions.length} vectors: somebody deleted the others`,
      )
    }
    want(wanted, positions, selection)
  }
  await offer(search, wanted)
  for (const [i, query] of queries.entries()) {
    const { positions, last, all } = rankings[i]!
    if (!all && !query.selection.excludes(last ** 2)) await selectWithinReach(search, query, new Set(positions))
  }
}

/** Ranks all vectors for each query, by reading all of them: an index, somebody's HNSW, would answer approximately. */
async function rankFirst(
  { session, table, distance }: Search,
  queries: readonly Query[],
  count: number,
): Promise<Ranking[]> {
  await allowIndexScans(session, 'off')
  const rankings: Ranking[] = []
  for (const { text } of queries) {
    const rows = await session.query(
      `SELECT position, ${distance} AS distance FROM ${table.quoted} ORDER BY ${distance} LIMIT $2`,
      [text, count],
    )
    rankings.push({
      positions: rows.map(({ position }) => Number(position)),
      last: Number(rows.at(-1)?.['distance']),
      all: rows.length < count,
    })
  }
  await allowIndexScans(session, 'on')
  return rankings
}

/** Settings of this transaction alone. Compiling a statement takes longer than what it saves. */
async function allowIndexScans(session: Session, allowed: 'on' | 'off'): Promise<void> {
  const names = ['enable_indexscan', 'enable_indexonlyscan', 'enable_bitmapscan']
  const settings = names.map((name) => `pg_catalog.set_config('${name}', '${allowed}', true)`)
  await session.query(`SELECT ${settings.join(', ')}, pg_catalog.set_config('jit', 'off', true)`)
}

/** Offers everything that may be among the k nearest by what float32 can tell, but what was `seen`, in the order of positions. */
async function selectWithinReach(search: Search, { text, selection }: Query, seen: ReadonlySet<number>): Promise<void> {
  const { session, table, distance } = search
  for (let after = -1; ;) {
    // A root and its square may differ in the last bits.
    const reach = Math.sqrt(selection.reach) * (1 + 2 ** -50)
    const rows = await session.query(
      `SELECT position FROM ${table.quoted} WHERE position > $2 AND ${distance} <= $3::float8
       ORDER BY position LIMIT $4`,
      [text, after, reach, pagePositions],
    )
    const positions = rows.map(({ position }) => Number(position))
    const unseen = positions.filter((position) => !seen.has(position))
    await offer(search, new Map(unseen.map((position) => [position, [selection]])))
    if (positions.length < pagePositions) return
    after = positions.at(-1)!
  }
}

/** Fetches vectors and offers each to those who want it. */
async function offer(search: Search, wanted: ReadonlyMap<number, readonly ExactSelection[]>): Promise<void> {
  const { session, table, vectorSend, dimension } = search
  const positions = [...wanted.keys()]
  const perFetch = Math.max(1, Math.floor(fetchBytes / (4 * dimension)))
  const vector = new Float32Array(dimension)
  for (let start = 0; start < positions.length; start += perFetch) {
    const rows = await session.query(
      `SELECT position, ${vectorSend} AS sent FROM ${table.quoted} WHERE position = ANY($1::integer[])`,
      [positions.slice(start, start + perFetch)],
    )
    for (const { position, sent } of rows) {
      readVector(sent, vector)
      for (const selection of wanted.get(Number(position))!) selection.offer(Number(position), vector)
    }
  }
}

function want(wanted: Map<number, ExactSelection[]>, positions: readonly number[], selection: ExactSelection): void {
  for (const position of positions) {
    const others = wanted.get(position)
    if (others) others.push(selection)
    else wanted.set(position, [selection])
  }
}
