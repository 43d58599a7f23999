import { escapeHtml } from './escape-html.ts'
import { nameHtml } from './name-html.ts'

/** Images from the most in- to the most out-of-distribution under one score. */
export interface ThumbnailStrip {
  /** The score's label, as `scoreLabels` gives it. */
  readonly score: string
  readonly images: readonly {
    /** `data:image/…`; anything else is shown as a gap. */
    readonly dataUri: string
    readonly label: string
    readonly score: number
    readonly set: string
  }[]
}

/** A strip of images a score; those of the ID test set have a frame. */
export function renderImages(strips: readonly ThumbnailStrip[], idSet: string): string {
  if (strips.length === 0) return ''
  return `<section aria-labelledby="images"><h2 id="images">Images</h2>
<p>Test images at even steps of rank, from the most in- to the most out-of-distribution. <span class="key frame"></span>framed: ID.</p>
${strips.map((strip) => renderStrip(strip, idSet)).join('\n')}</section>`
}

function renderStrip({ score, images }: ThumbnailStrip, idSet: string): string {
  const items = images.map(({ dataUri, label, set, score: value }) => {
    const isId = set === idSet
    const text = escapeHtml(`${isId ? 'ID' : 'OOD'} image ${label} of ${set}, score ${value.toPrecision(4)}`)
    const picture = dataUri.startsWith('data:image/')
      ? `<img src="${escapeHtml(dataUri)}" alt="${text}" title="${text}" width="64" height="64">`
      : `<span class="gap" role="img" aria-label="${text}"></span>`
    return `<li${isId ? ' class="id"' : ''}>${picture}${isId ? '<b>ID</b>' : nameHtml(set)}<br>${value.toPrecision(3)}</li>`
  })
  return `<h3>${nameHtml(score)}</h3><ol class="strip">${items.join('')}</ol>`
}
