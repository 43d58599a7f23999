import * as Plot from '@observablehq/plot'
import { escapeHtml } from './escape-html.ts'

/** A plot as inline SVG with a description, small: its style is the page's, its coordinates have one decimal. */
export function drawSvg(options: Plot.PlotOptions, description: string): string {
  const drawn = Plot.plot({ className: 'plot', ...options }).outerHTML
  const small = drawn
    .replaceAll(/<style>[\s\S]*?<\/style>/g, '')
    .replaceAll(/ xmlns(?::\w+)?="[^"]*"/g, '')
    .replaceAll(/-?\d+\.\d{3,}/g, (digits) => String(Number(Number(digits).toFixed(1))))
  // A function, since a name may hold `$&`.
  return small.replace('<svg', () => `<svg role="img" aria-label="${escapeHtml(description)}"`)
}
