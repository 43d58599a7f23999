import * as tf from '@tensorflow/tfjs-core'

/** Averages a map down to a grid, and gradients back up. */
export interface GridPooling {
  /** Positions that are left. */
  readonly positions: number
  /** [N, H, W, E] → [N · positions, E]. */
  pool(map: tf.Tensor4D): tf.Tensor2D
  /** The gradient of the map from that of what `pool` gave. */
  unpool(gradient: tf.Tensor2D): tf.Tensor4D
}

/**
 * Adaptive average pooling of maps larger than `grid` x `grid`, by PyTorch's windows: rows floor(i·H/grid) to
 * ceil((i+1)·H/grid). Smaller maps stay as they are.
 */
export function gridPooling([count, height, width, channels]: tf.Tensor4D['shape'], grid: number): GridPooling {
  const [rows, columns] = [Math.min(height, grid), Math.min(width, grid)]
  const positions = rows * columns
  const whole = height * width
  if (positions === whole) {
    return {
      positions,
      pool: (map) => tf.reshape(map, [count * whole, channels]),
      unpool: (gradient) => tf.reshape(gradient, [count, height, width, channels]),
    }
  }
  const windows = poolingMatrix(height, width, rows, columns)
  // One product over all images: positions come first, images and channels side by side.
  const apply = (matrix: tf.Tensor2D, map: tf.Tensor): tf.Tensor =>
    tf.transpose(
      tf.reshape(tf.matMul(matrix, tf.reshape(tf.transpose(map, [1, 0, 2]), [matrix.shape[1], count * channels])), [
        matrix.shape[0],
        count,
        channels,
      ]),
      [1, 0, 2],
    )
  const matrix = () => tf.tensor2d(windows, [positions, whole])
  return {
    positions,
    pool: (map) =>
      tf.reshape(apply(matrix(), tf.reshape(map, [count, whole, channels])), [count * positions, channels]),
    unpool: (gradient) =>
      tf.reshape(apply(tf.transpose(matrix()), tf.reshape(gradient, [count, positions, channels])), [
        count,
        height,
        width,
        channels,
      ]),
  }
}

/** [rows · columns, height · width]: the share of every position in every cell. */
function poolingMatrix(height: number, width: number, rows: number, columns: number): Float32Array {
  const shares = new Float32Array(rows * columns * height * width)
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = window(row, height, rows)
    for (let column = 0; column < columns; column++) {
      const [left, right] = window(column, width, columns)
      const start = (row * columns + column) * height * width
      const share = 1 / ((bottom - top) * (right - left))
      for (let y = top; y < bottom; y++) shares.fill(share, start + y * width + left, start + y * width + right)
    }
  }
  return shares
}

function window(cell: number, extent: number, cells: number): [number, number] {
  return [Math.floor((cell * extent) / cells), Math.ceil(((cell + 1) * extent) / cells)]
}
