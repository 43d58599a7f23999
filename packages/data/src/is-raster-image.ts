/** How files of the formats begin, from a place on. */
const beginnings: readonly (readonly [at: number, text: string])[] = [
  [0, '\u00ff\u00d8\u00ff'],
  [0, '\u0089PNG'],
  [0, 'GIF8'],
  [8, 'WEBP'],
  [0, 'II*\0'],
  [0, 'MM\0*'],
  [0, 'II+\0'],
  [0, 'MM\0+'],
  [4, 'ftyp'],
]

/** Whether bytes begin as JPEG, PNG, GIF, WebP, TIFF (or BigTIFF) or AVIF do. */
export function isRasterImage(bytes: Uint8Array): boolean {
  const start = String.fromCharCode(...bytes.subarray(0, 12))
  return beginnings.some(([at, text]) => start.startsWith(text, at))
}
