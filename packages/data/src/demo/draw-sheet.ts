import sharp from 'sharp'

/** Height and width of every demo image, in pixels. */
export const imageSize = 32

/**
 * Draws SVG fragments, each in a box of 100 x 100, to 32 x 32 RGB images.
 *
 * The images lie below each other in one drawing, whose pixels are then [count, 32, 32, 3] as they come. `undefined`
 * leaves a place empty.
 */
export async function drawSheet(fragments: readonly (string | undefined)[]): Promise<Uint8Array> {
  const tiles = fragments.map((fragment, place) =>
    fragment === undefined
      ? ''
      : `<svg y="${place * imageSize}" width="${imageSize}" height="${imageSize}" viewBox="0 0 100 100">${fragment}</svg>`,
  )
  const height = fragments.length * imageSize
  const sheet = `<svg xmlns="http://www.w3.org/2000/svg" width="${imageSize}" height="${height}">${tiles.join('')}</svg>`
  return sharp(Buffer.from(sheet)).removeAlpha().raw().toBuffer()
}
