export { createPgvectorBank, type PgvectorBankOptions } from './create-pgvector-bank.ts'
export type { PgliteClient, PostgresClient } from './clients.ts'
