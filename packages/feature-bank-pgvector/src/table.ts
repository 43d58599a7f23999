import { InvalidInputError, InvalidOptionError } from '@mode-ood/core'
import type { BankExtent } from '@mode-ood/feature-bank/driver'
import type { Session } from './session.ts'

/** The most components a vector of pgvector has. */
const mostComponents = 16_000
/** The most components that fit into a page of a table; longer vectors are stored beside it, in pieces. */
const componentsOfPage = 2000
const bytesOfIdentifier = 63

/** A table of vectors. */
export interface Table {
  /** For messages. */
  readonly name: string
  /** For SQL; without a schema where none was given. */
  readonly quoted: string
  readonly schema: string | null
  readonly table: string
}

/** @throws InvalidOptionError for names that PostgreSQL would cut short or refuse. */
export function nameTable(table: string, schema: string | undefined): Table {
  const parts = schema === undefined ? [table] : [schema, table]
  return {
    name: `"${parts.join('.')}"`,
    quoted: parts.map((part, i) => quoteIdentifier(part, i === parts.length - 1 ? 'table' : 'schema')).join('.'),
    schema: schema ?? null,
    table,
  }
}

function quoteIdentifier(name: unknown, option: string): string {
  if (typeof name !== 'string' || name === '' || name.includes('\0')) {
    throw new InvalidOptionError(
      `pgvector bank: ${option} must be the name of a ${option}, but it is ${JSON.stringify(name)}`,
    )
  }
  const bytes = Buffer.byteLength(name)
  if (bytes > bytesOfIdentifier) {
    throw new InvalidOptionError(
      `pgvector bank: ${option} has ${bytes} bytes and may have ${bytesOfIdentifier}, of which PostgreSQL makes names: "${name}"`,
    )
  }
  return quote(name)
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** The schema that pgvector is installed in, quoted; undefined where it is not. */
export async function findExtension(session: Session): Promise<string | undefined> {
  const [row] = await session.query(
    `SELECT n.nspname AS schema FROM pg_catalog.pg_extension e
     JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'`,
  )
  return row && quote(String(row['schema']))
}

/**
 * Installs pgvector.
 *
 * @returns its schema, quoted.
 * @throws InvalidInputError where it cannot be installed.
 */
export async function installExtension(session: Session): Promise<string> {
  try {
    await session.query('CREATE EXTENSION IF NOT EXISTS vector')
  } catch (cause) {
    throw new InvalidInputError(
      `the database has no pgvector, and it cannot be installed (${(cause as Error).message}): run CREATE EXTENSION vector as its owner`,
      { cause },
    )
  }
  return (await findExtension(session))!
}

/**
 * How many vectors the table holds, and their dimension, which is 0 where there is no table.
 *
 * @throws InvalidInputError for a table of something else.
 */
export async function readExtent(session: Session, table: Table): Promise<BankExtent> {
  const columns = await session.query(
    `SELECT a.attname AS name, t.typname AS type, a.atttypmod AS modifier FROM pg_catalog.pg_attribute a
     JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [table.quoted],
  )
  if (columns.length === 0) return { size: 0, dimension: 0 }
  const shape = columns.map(({ name, type }) => `${name} ${type}`).join(', ')
  const dimension = Number(columns.at(-1)!['modifier'])
  if (shape !== 'position int4, label int4, vector vector' || dimension < 1) {
    throw new InvalidInputError(
      `the table ${table.name} is no feature bank: its columns are ${shape}, not position int4, label int4, vector vector of a fixed dimension`,
    )
  }
  const [row] = await session.query(`SELECT max(position) AS last FROM ${table.quoted}`)
  const last = row?.['last']
  return { size: last === null ? 0 : Number(last) + 1, dimension }
}

/** Creates the table of a bank. */
export async function createTable(session: Session, table: Table, extension: string, dimension: number): Promise<void> {
  if (dimension > mostComponents) {
    throw new InvalidInputError(`the vectors have dimension ${dimension}, but pgvector takes at most ${mostComponents}`)
  }
  await session.query(
    `CREATE TABLE ${table.quoted} (
       position integer PRIMARY KEY, label integer, vector ${extension}.vector(${dimension}) NOT NULL)`,
  )
  // PostgreSQL moves values of more than 2 KB out of a table, which makes reading all of them several times slower.
  if (dimension <= componentsOfPage) {
    await session.query(`ALTER TABLE ${table.quoted} ALTER COLUMN vector SET STORAGE PLAIN`)
  }
}
