/** A batch in rounds: round r holds the r-th member of every class that has so many. */
export interface Rounds {
  /** For each round the index in the batch of every class's member, `labels.length` where a class has none. */
  readonly members: readonly Int32Array[]
  /** For each item of the batch its place in the rounds laid end to end: round · classes + label. */
  readonly places: Int32Array
}

/** Divides a batch into rounds, so that whatever goes in batch order within a class is done for all classes at once. */
export function planRounds(labels: Int32Array, classes: number): Rounds {
  const seen = new Int32Array(classes)
  const members: Int32Array[] = []
  const places = labels.map((label, item) => {
    const round = seen[label]!++
    members[round] ??= new Int32Array(classes).fill(labels.length)
    members[round][label] = item
    return round * classes + label
  })
  return { members, places }
}
