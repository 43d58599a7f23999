import { type Head, InvalidOptionError } from '@mode-ood/core'
import { classifierHead } from './classifier-head.ts'
import { type Classifier, classifierAt, findClassifier } from './find-classifier.ts'
import { findGlobalPoolings, type GlobalPooling } from './find-global-pooling.ts'
import type { GraphIndex } from './graph-index.ts'
import { nearestNames } from './nearest-names.ts'

/** What a user says about the tensors of a model; `false` declines, absence asks for a search. */
export interface TensorChoice {
  readonly logits?: string | false | undefined
  readonly embedding?: string | undefined
  readonly featureMap?: string | false | undefined
}

/** Where things are in a graph. */
export interface FoundTensors {
  readonly logits: string | undefined
  readonly embedding: string
  /** Candidates for the last map, the most likely first; none when it was declined. */
  readonly maps: readonly (Omit<GlobalPooling, 'layout'> & { readonly layout: GlobalPooling['layout'] | undefined })[]
  readonly head: Head | undefined
}

/**
 * Settles which tensors are the logits, the embedding and the feature map: those the user named, else the last linear
 * layer, what enters it, and what the last global pooling before it pools.
 *
 * @throws InvalidOptionError when a name is not in the graph or a search finds nothing, saying which option to give.
 */
export function findTensors(graph: GraphIndex, choice: TensorChoice, file: string): FoundTensors {
  for (const option of ['logits', 'embedding', 'featureMap'] as const) checkName(graph, option, choice[option], file)
  const classifier = choice.logits === false ? undefined : chosenClassifier(graph, choice, file)
  const logits = choice.logits === false ? undefined : (choice.logits ?? classifier!.logits)
  const named = choice.embedding ?? classifier?.embedding
  const poolings = findGlobalPoolings(graph, named === undefined ? graph.nodes.toReversed() : graph.ancestors(named))
  const embedding = named ?? poolings[0]?.pooled
  if (embedding === undefined) {
    throw new InvalidOptionError(`${file}: no embedding was found in the graph: name it with the option embedding`)
  }
  const isHeads = classifier && withoutReshaping(graph, embedding) === withoutReshaping(graph, classifier.embedding)
  return {
    logits,
    embedding,
    maps: chosenMaps(graph, choice.featureMap, poolings, file),
    head: isHeads ? classifierHead(graph, classifier) : undefined,
  }
}

function chosenClassifier(graph: GraphIndex, choice: TensorChoice, file: string): Classifier | undefined {
  if (!choice.logits) {
    const found = findClassifier(graph)
    if (found) return found
    throw new InvalidOptionError(
      `${file}: no linear layer (Gemm or MatMul) was found: name the options logits and embedding, or decline with logits: false`,
    )
  }
  const producer = graph.producer(choice.logits)
  if (producer?.opType === 'Softmax' || producer?.opType === 'Sigmoid') {
    throw new InvalidOptionError(
      `${file}: "${choice.logits}" holds probabilities (it comes from ${producer.opType}): the logits are "${producer.input[0]}"`,
    )
  }
  const classifier = classifierAt(graph, choice.logits)
  if (classifier || choice.embedding !== undefined) return classifier
  throw new InvalidOptionError(
    `${file}: "${choice.logits}" does not come from a linear layer, so what enters it must be named with the option embedding`,
  )
}

function chosenMaps(
  graph: GraphIndex,
  featureMap: string | false | undefined,
  poolings: readonly GlobalPooling[],
  file: string,
): FoundTensors['maps'] {
  if (featureMap === false) return []
  if (featureMap !== undefined) {
    const pooling = findGlobalPoolings(graph, graph.nodes).find((candidate) => candidate.featureMap === featureMap)
    return [{ featureMap, pooled: pooling?.pooled ?? '', layout: pooling?.layout, window: undefined }]
  }
  if (poolings.length > 0) return poolings
  throw new InvalidOptionError(
    `${file}: no global average pooling was found: name the option featureMap, or decline feature map and views with featureMap: false`,
  )
}

function checkName(graph: GraphIndex, option: string, name: string | false | undefined, file: string): void {
  if (name === undefined || name === false || graph.names.has(name)) return
  const computed = [...graph.names].filter((candidate) => graph.producer(candidate))
  const nearest = nearestNames(name, computed).map((candidate) => `"${candidate}"`)
  throw new InvalidOptionError(
    `${file} has no tensor "${name}" (option ${option}): the nearest names are ${nearest.join(', ')}`,
  )
}

/** The tensor behind nodes that only change its shape. */
function withoutReshaping(graph: GraphIndex, name: string): string {
  const node = graph.producer(name)
  const isReshaping = node && ['Flatten', 'Reshape', 'Squeeze', 'Identity', 'Dropout'].includes(node.opType)
  return isReshaping ? withoutReshaping(graph, node.input[0]!) : name
}
