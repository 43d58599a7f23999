/** Throws the error that names the file; `message` is the predicate of a sentence whose subject is the file. */
export type Fail = (message: string) => never
