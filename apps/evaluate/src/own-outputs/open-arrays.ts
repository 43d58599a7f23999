import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { InvalidFileError, InvalidOptionError } from '@mode-ood/core'
import { hashFile } from '../hash-file.ts'
import { openArrayFile } from './open-array-file.ts'
import type { StoredArray } from './stored-array.ts'

/** Arrays by their roles, and a hash over the files they come from. */
export interface OpenArrays<Role extends string> {
  readonly arrays: Partial<Readonly<Record<Role, StoredArray>>>
  /** The files as the configuration names them. */
  readonly files: readonly string[]
  /** SHA-256 in hex. */
  readonly hash: string
}

/** Where arrays lie: in one file that `path` names, or each in an .npy file of its own. */
export interface ArrayPlaces<Role extends string> {
  readonly roles: readonly Role[]
  readonly path?: string | undefined
  /** With `path` names in that file, by default as the roles; without it files. */
  readonly names: Partial<Readonly<Record<Role, string | undefined>>>
  readonly baseDirectory: string
  /** What messages call all of them. */
  readonly subject: string
}

/**
 * Opens arrays; what is asked for by name must be there, what goes by its default name may be absent.
 *
 * @throws InvalidFileError for a file that is missing, damaged or lacks an array; InvalidOptionError where nothing is named.
 */
export async function openArrays<Role extends string>(places: ArrayPlaces<Role>): Promise<OpenArrays<Role>> {
  const { roles, path, names, baseDirectory, subject } = places
  const given = roles.filter((role) => names[role] !== undefined)
  if (path === undefined && given.length === 0) {
    throw new InvalidOptionError(`${subject} names no file: give path, or an .npy file for ${roles.join(', ')}`)
  }
  const arrays: Partial<Record<Role, StoredArray>> = {}
  if (path === undefined) {
    for (const role of given) arrays[role] = await openSingle(resolve(baseDirectory, names[role]!), role)
  } else {
    const file = resolve(baseDirectory, path)
    const wanted = new Map(roles.map((role) => [role, names[role] ?? role]))
    const found = await openArrayFile(file, new Set(wanted.values()))
    if (found.has(''))
      throw new InvalidFileError(file, `is one array: name it by what it is, such as ${roles[0]}: ${path}`)
    for (const [role, name] of wanted) {
      const array = found.get(name)
      if (array) arrays[role] = array
      else if (given.includes(role)) throw new InvalidFileError(file, `holds no array "${name}" for the ${role}`)
    }
    if (Object.keys(arrays).length === 0) {
      throw new InvalidFileError(file, `holds no array called ${[...wanted.values()].join(', ')}`)
    }
  }
  const files = path === undefined ? given.map((role) => names[role]!) : [path]
  const hash = createHash('sha256').update(JSON.stringify(names))
  for (const file of files) hash.update(await hashFile(resolve(baseDirectory, file)))
  return { arrays, files, hash: hash.digest('hex') }
}

async function openSingle(file: string, role: string): Promise<StoredArray> {
  const array = (await openArrayFile(file, null)).get('')
  if (array) return array
  throw new InvalidFileError(file, `holds named arrays: give it as path, and the name as ${role}`)
}
