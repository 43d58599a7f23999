export { createMilvusBank, type MilvusBankOptions } from './create-milvus-bank.ts'
