export { createDriverBank, type BankExtent, type BankStorage, type StoredVectors } from './create-driver-bank.ts'
export { checkSearch } from '../check-search.ts'
export { ExactSelection } from './exact-selection.ts'
export { checkMatrix } from '../check-matrix.ts'
