/** The page's own document in a browser, a light one elsewhere: charts are drawn in it. */
export async function ownDocument(): Promise<Document> {
  if (typeof globalThis.document === 'object') return globalThis.document
  const { parseHTML } = await import('linkedom')
  return parseHTML('<!doctype html><html><body></body></html>').document as unknown as Document
}
