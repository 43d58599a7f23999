/** A stair: `factor` for every one of `at` that `epoch` has reached. */
export function stepsDown(epoch: number, at: readonly number[], factor: number): number {
  return factor ** at.filter((reached) => reached <= epoch).length
}
