import { createGraph, type Graph } from '@mode-ood/onnx-graph'
import { InferenceSession, Tensor } from 'onnxruntime-node'

/** Vectors a tile: with a block of queries their scores stay in the cache of a core. */
export const tileRows = 1024
/** Vectors a group: one number a group leaves onnxruntime. */
export const groupSize = 16
export const groupsPerTile: number = tileRows / groupSize
/** Queries a product. */
export const blockRows = 512

/** What a place of a tile without a vector scores: less than any vector. */
export const emptyScore = -3e38

/**
 * Column of a tile's i-th vector. A group is 16 consecutive vectors, 64 columns apart from each other: maxima over a
 * strided axis are vectorised in onnxruntime, maxima over neighbouring columns are not.
 */
export function columnOf(i: number): number {
  return (i % groupSize) * groupsPerTile + Math.floor(i / groupSize)
}

export type Feeds = Readonly<Record<string, Tensor>>

/** Writes the largest score of every group of a tile for a block of queries: row-major [rows, groupsPerTile]. */
export type GroupMaxima = (feeds: Feeds, rows: number, maxima: Float32Array) => Promise<void>

/** A session for the scores that `emitScores` puts into the graph, [n, tileRows]. */
export async function openGroupMaxima(emitScores: (graph: Graph) => string): Promise<GroupMaxima> {
  const graph = createGraph({ opset: 17, domains: { 'com.microsoft': 1 } })
  const groups = graph.node('Reshape', [emitScores(graph), graph.integers([-1, groupSize, groupsPerTile])])
  graph.output(graph.node('ReduceMax', [groups], { axes: [1], keepdims: 0 }, { name: 'maxima' }), 'float32')
  const session = await InferenceSession.create(graph.encode(), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  })
  return async (feeds, rows, maxima) => {
    const into = new Tensor('float32', maxima.subarray(0, rows * groupsPerTile), [rows, groupsPerTile])
    await session.run(feeds, { maxima: into })
  }
}
