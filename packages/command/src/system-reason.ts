/** What the operating system said, in its words: 'no space left on device' of 'ENOSPC: no space left on device, write'. */
export function systemReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return /^E[A-Z]+: (.*?)(?:, |$)/.exec(message)?.[1] ?? message.split('\n')[0]!
}
