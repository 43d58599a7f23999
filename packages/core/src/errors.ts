/**
 * Everything mode-ood throws on purpose. The message is one sentence for a person: what was found, where, and what was
 * expected. Commands print it without a stack trace; anything else that is thrown is a defect.
 */
export class ModeOodError extends Error {
  override name = 'ModeOodError'
}

/** A value handed to a function is not what the function takes. */
export class InvalidInputError extends ModeOodError {
  override name = 'InvalidInputError'
}

/** An option or a configuration value is wrong: the caller's words, not the data. Commands exit with 2. */
export class InvalidOptionError extends ModeOodError {
  override name = 'InvalidOptionError'
}

/** A file is missing, torn, foreign or does not fit; the message begins with its path. */
export class InvalidFileError extends ModeOodError {
  override name = 'InvalidFileError'
  readonly file: string
  constructor(file: string, message: string, options?: ErrorOptions) {
    super(`${file}: ${message}`, options)
    this.file = file
  }
}

/** A score was asked for before it had been fitted. */
export class NotFittedError extends ModeOodError {
  override name = 'NotFittedError'
}
