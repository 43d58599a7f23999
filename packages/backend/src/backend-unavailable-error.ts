import { ModeOodError } from '@mode-ood/core'

/** A backend that was asked for cannot be used; the message says why and what to install. */
export class BackendUnavailableError extends ModeOodError {
  override name = 'BackendUnavailableError'
}
