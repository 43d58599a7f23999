import { ModeOodError } from '@mode-ood/core'

/** More is under way than the server takes. */
export class ServerBusyError extends ModeOodError {
  override name = 'ServerBusyError'
}

/** A number of things, of all requests together, that is not to grow beyond `most`. */
export interface Admission {
  /** What is held at present. */
  readonly held: number
  /**
   * Takes `amount`, until the function it gives is called (a second call does nothing). What is more than `most` by itself is let in
   * where nothing else is.
   *
   * @throws ServerBusyError when there is no room for it.
   */
  enter(amount: number): () => void
}

export function createAdmission(most: number, what: string): Admission {
  let held = 0
  return {
    get held() {
      return held
    },
    enter(amount) {
      if (held > 0 && held + amount > most) {
        throw new ServerBusyError(`${held} ${what} are under way already, of ${most}: try again later`)
      }
      held += amount
      let isHeld = true
      return () => {
        if (isHeld) held -= amount
        isHeld = false
      }
    },
  }
}
