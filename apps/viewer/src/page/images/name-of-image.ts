import type { Run } from '../data/load-run.ts'

/** The name of the set at a position among the OOD sets; -1 is ID. */
export function nameOfSet({ results }: Run, set: number): string {
  return set < 0 ? results.id.test.name : results.ood[set]!.name
}

/** What a person calls an image: the name of its file where the run knows it. */
export function nameOfImage(run: Run, set: number, row: number): string {
  const found = run.atlas?.set(nameOfSet(run, set))
  const position = found?.rows ? found.rows.indexOf(row) : row
  return found?.names[position] ?? `image ${row}`
}
