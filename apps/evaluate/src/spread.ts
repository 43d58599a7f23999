/** `limit` positions spread evenly over 0..count-1, so that a set ordered by class keeps all its classes. */
export function spread(count: number, limit: number): number[] {
  return Array.from({ length: limit }, (_, i) => Math.floor((i * count) / limit))
}
