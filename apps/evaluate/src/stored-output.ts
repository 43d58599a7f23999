/** The outputs that are stored for every image of a set. */
export type StoredOutput = 'logits' | 'embedding' | 'views'
