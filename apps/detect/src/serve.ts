import type { CommandContext } from '@mode-ood/command'
import type { ServeLine } from './command-line.ts'

export async function serve(_line: ServeLine, _context: CommandContext): Promise<number> {
  throw new Error('not yet')
}
