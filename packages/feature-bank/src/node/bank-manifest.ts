/** What a bank's directory holds; `manifest.json`. */
export interface BankManifest {
  readonly format: 'mode-ood feature-bank 1'
  readonly size: number
  readonly dimension: number
  readonly labelled: boolean
  readonly shards: { readonly file: string; readonly rows: number; readonly sha256: string }[]
}
