import type { Searcher } from './searcher.ts'

/**
 * Has every searcher serve again and again until it says that nothing is left. Once one fails, no other begins anew, and the
 * first failure is thrown when all have stopped.
 */
export async function serveAll(
  searchers: readonly Searcher[],
  serve: (searcher: Searcher, index: number) => Promise<boolean>,
): Promise<void> {
  const failures: unknown[] = []
  const serveOn = async (searcher: Searcher, index: number) => {
    try {
      while (failures.length === 0 && (await serve(searcher, index)));
    } catch (error) {
      failures.push(error)
    }
  }
  await Promise.all(searchers.map(serveOn))
  if (failures.length > 0) throw failures[0]
}
