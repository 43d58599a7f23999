import { InvalidFileError } from '@mode-ood/core'

/** What can be wrong with a file, one literal a kind, for callers that tell them apart. */
export type SafetensorsDefect =
  | 'too-short'
  | 'header-too-small'
  | 'header-too-large'
  | 'header-beyond-file'
  | 'header-start'
  | 'invalid-utf8'
  | 'invalid-json'
  | 'duplicate-name'
  | 'invalid-metadata'
  | 'invalid-entry'
  | 'unknown-dtype'
  | 'invalid-shape'
  | 'invalid-offsets'
  | 'out-of-range'
  | 'overlap'
  | 'hole'
  | 'wrong-size'
  | 'trailing-bytes'

/** The bytes are not a well-formed safetensors file. The message begins with the file; `defect` says which rule is broken. */
export class SafetensorsError extends InvalidFileError {
  override name = 'SafetensorsError'
  readonly defect: SafetensorsDefect
  constructor(file: string, defect: SafetensorsDefect, message: string, options?: ErrorOptions) {
    super(file, message, options)
    this.defect = defect
  }
}
