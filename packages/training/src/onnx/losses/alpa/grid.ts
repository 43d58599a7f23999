import type { Tape } from '../../tape.ts'
import type { LossInputs } from '../loss-emitter.ts'

/**
 * The positions of a map as rows [count · positions, channels], those of a map larger than `grid` x `grid` averaged down to it
 * by PyTorch's adaptive average pooling.
 */
export function emitGrid(
  tape: Tape,
  { name, height, width, channels }: LossInputs['map'],
  count: number,
  grid: number,
): { rows: string; positions: number } {
  const { graph } = tape
  const [rowShares, columnShares] = [windowShares(height, grid), windowShares(width, grid)]
  const positions = rowShares.length * columnShares.length
  let pooled = name
  if (positions < height * width) {
    const shares = rowShares.flatMap((y) => columnShares.flatMap((x) => y.flatMap((a) => x.map((b) => a * b))))
    const weights = graph.constant(Float32Array.from(shares), [positions, height * width])
    pooled = graph.node('MatMul', [weights, name])
    tape.record(pooled, (gradient) =>
      tape.addGradient(name, graph.node('MatMul', [graph.node('Transpose', [weights], { perm: [1, 0] }), gradient])),
    )
  }
  const rows = graph.node('Reshape', [pooled, graph.integers([count * positions, channels])])
  tape.record(rows, (gradient) =>
    tape.addGradient(pooled, graph.node('Reshape', [gradient, graph.integers([count, positions, channels])])),
  )
  return { rows, positions }
}

/** For every window, the share that each of `size` items has in its mean. Windows overlap where `size` is no multiple. */
function windowShares(size: number, grid: number): number[][] {
  const windows = Math.min(size, grid)
  return Array.from({ length: windows }, (_, i) => {
    const start = Math.floor((i * size) / windows)
    const end = Math.ceil(((i + 1) * size) / windows)
    return Array.from({ length: size }, (__, item) => (item >= start && item < end ? 1 / (end - start) : 0))
  })
}
