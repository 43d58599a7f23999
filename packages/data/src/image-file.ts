/** The image files of a set in their order, compactly: names only, for there may be a million. */
export interface ImageFiles {
  /** Absolute path of the folder the names are relative to. */
  readonly root: string
  /** Paths relative to the root, with forward slashes. */
  readonly names: readonly string[]
  /** Label of each; null where the set has none. */
  readonly labels: Int32Array | null
  readonly classes: readonly string[] | null
}
