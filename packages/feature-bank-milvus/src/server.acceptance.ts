// Needs a Milvus: MILVUS_ADDRESS=localhost:19530 npm run test:acceptance
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testFeatureBank } from '@mode-ood/feature-bank/test'
import { MilvusClient } from '@zilliz/milvus2-sdk-node'
import { afterAll, describe } from 'vitest'
import { createMilvusBank } from './index.ts'

const address = process.env['MILVUS_ADDRESS']

describe.skipIf(!address)('a Milvus (skipped unless MILVUS_ADDRESS says where)', () => {
  const root = mkdtempSync(join(tmpdir(), 'milvus-bank-'))
  const collections: string[] = []
  let count = 0
  afterAll(async () => {
    rmSync(root, { recursive: true, force: true })
    const client = new MilvusClient({ address: address! })
    for (const collection of collections) await client.dropCollection({ collection_name: collection })
    await client.closeConnection()
  })
  testFeatureBank(
    () => {
      const collection = `mode_ood_test_${process.pid}_${count++}`
      collections.push(collection)
      return createMilvusBank({ address: address!, collection })
    },
    { name: 'milvus', rows: 150, dimensions: [2, 17, 2048], newDirectory: () => join(root, String(count++)) },
  )
})
