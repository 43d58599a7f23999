import type { TableOptions } from './render-table.ts'

/**
 * How a table is best shown on a stream: as wide as the terminal, in colour where it is one that has colours and the
 * environment does not set `NO_COLOR` (https://no-color.org).
 *
 * @example renderTable(results, terminalOptions(process.stdout, process.env))
 */
export function terminalOptions(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>> = {},
): TableOptions {
  const color = stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb'
  // A terminal that does not know its width says 0.
  return stream.columns ? { color, width: stream.columns } : { color }
}
