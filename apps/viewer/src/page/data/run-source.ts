/** Where the files of a run come from: a server, this very page, or files that a person chose. */
export interface RunSource {
  readonly name: string
  /** Whether its files may still grow. */
  readonly isLive: boolean
  /** The bytes of a file; null when the run has none of that name. */
  read(file: string): Promise<Uint8Array | null>
  has(file: string): boolean
  /** Something an image can be loaded from. */
  url(file: string): string
}

/** A run on the server that served the page. */
export function servedRun(name: string, files: readonly string[]): RunSource {
  const url = (file: string) => `runs/${encodeURIComponent(name)}/${file}`
  return {
    name,
    isLive: true,
    url,
    has: (file) => files.includes(file),
    async read(file) {
      if (!files.includes(file)) return null
      const response = await fetch(url(file))
      if (response.status === 404) return null
      if (!response.ok) throw new Error(`${name}/${file} cannot be read: the server answers ${response.status}`)
      return new Uint8Array(await response.arrayBuffer())
    },
  }
}

/** A run that the page carries: base64 by the name of the file. */
export function inlinedRun(name: string, files: Readonly<Record<string, string>>): RunSource {
  return {
    name,
    isLive: false,
    url: (file) => URL.createObjectURL(new Blob([fromBase64(files[file] ?? '')])),
    has: (file) => Object.hasOwn(files, file),
    read: async (file) => (Object.hasOwn(files, file) ? fromBase64(files[file]!) : null),
  }
}

/** A run whose files a person chose. */
export function chosenRun(name: string, files: readonly File[]): RunSource {
  const find = (file: string) => files.find((chosen) => chosen.name === file)
  return {
    name,
    isLive: false,
    url: (file) => URL.createObjectURL(find(file) ?? new Blob()),
    has: (file) => find(file) !== undefined,
    read: async (file) => {
      const chosen = find(file)
      return chosen ? new Uint8Array(await chosen.arrayBuffer()) : null
    },
  }
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text)
  const bytes = new Uint8Array(characters.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i)
  return bytes
}
