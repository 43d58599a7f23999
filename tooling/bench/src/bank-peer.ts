import { fileURLToPath } from 'node:url'
import { startNodePeer, type Peer } from './python-peer.ts'

/** What either side answers to a search. */
export interface BankAnswer {
  readonly seconds: number
  readonly distances: readonly number[]
  readonly peakMebibytes: number
  readonly stats?: { readonly precision: string; readonly product?: { readonly reason: string } }
}

/** Our side: a bank in a process of its own; see bank-process.ts. */
export function startBankProcess(): Peer {
  const file = import.meta.url.endsWith('.ts') ? './bank-process.ts' : './bank-process.js'
  return startNodePeer(fileURLToPath(new URL(file, import.meta.url)))
}
