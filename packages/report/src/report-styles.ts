const light = ['#0063a8', '#b8400e', '#0b7549', '#8438ab', '#7d5c00', '#00707f', '#b81f66', '#56616e']
const dark = ['#62b2f2', '#ff9166', '#4ccb96', '#cda3f2', '#e2bc52', '#4fc9da', '#ff8fbe', '#aeb9c6']
const colors = (list: readonly string[]): string => list.map((color, i) => `--score-${i}: ${color}`).join('; ')

/** The report's style sheet: light, dark and print. Text has a contrast of at least 4.5 on its ground, marks of 3. */
export const styles: string = `
:root { color-scheme: light dark; --ink: #18202b; --soft: #525d6b; --line: #d5dbe3; --paper: #fff; --band: #f4f6f9; --best: #e3eefa; --link: #0056a3; ${colors(light)} }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf2; --soft: #a9b4c1; --line: #36404c; --paper: #12161c; --band: #1a2027; --best: #1c3147; --link: #7cc0f7; ${colors(dark)} } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
header, main { max-width: 76rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 2.5rem) }
header { padding-top: 2.5rem } main { padding-bottom: 5rem }
h1 { font-size: .95rem; font-weight: 600; margin: 0; color: var(--soft) }
h2 { font-size: 1.4rem; line-height: 1.25; margin: 3.5rem 0 .5rem } h3 { font-size: 1.05rem; margin: 2rem 0 .5rem }
p { margin: .5rem 0; max-width: 46rem; text-wrap: pretty } small, .about { color: var(--soft); font-weight: 400 }
.about { font-size: .95rem; margin: 0; max-width: none; overflow-wrap: anywhere }
.finding { font-size: clamp(1.4rem, 1rem + 2vw, 2.1rem); font-weight: 650; line-height: 1.2; letter-spacing: -.015em; margin: 1.25rem 0; max-width: 40rem; text-wrap: balance; overflow-wrap: anywhere }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: 1rem }
.card { background: var(--band); border-radius: 10px; padding: 1rem 1.25rem; break-inside: avoid } .card h2 { font-size: .9rem; font-weight: 600; margin: 0; overflow-wrap: anywhere } .card p { margin: .25rem 0 0; overflow-wrap: anywhere }
.card .number { font-size: 2.2rem; font-weight: 650; line-height: 1.15; letter-spacing: -.02em; font-variant-numeric: tabular-nums }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; list-style: none; padding: .75rem 0; margin: 1.5rem 0 0; border-bottom: 1px solid var(--line) }
a { color: var(--link) } nav a { display: inline-block; padding: .25rem 0 }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px }
.caption { color: var(--soft); margin: 2rem 0 .5rem; max-width: none; overflow-wrap: anywhere } .caption b { color: var(--ink); font-weight: 600; margin-right: .35rem }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px }
table { border-collapse: separate; border-spacing: 0; font-size: .92rem; font-variant-numeric: tabular-nums; width: 100% }
th, td { padding: .4rem .75rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: top }
tbody tr:last-child > * { border-bottom: 0 } td small, thead small { display: block; white-space: nowrap; font-size: .78rem; line-height: 1.3 }
thead th { font-weight: 500; color: var(--soft); vertical-align: bottom; white-space: normal; overflow-wrap: anywhere; min-width: 5.6rem }
th[rowspan] { overflow-wrap: normal } th[scope=colgroup] { text-align: left; font-weight: 600; color: var(--ink) } th[scope=colgroup], thead th + th[scope=colgroup] { border-left: 1px solid var(--line) }
tr > th:first-child:not([scope=colgroup]) { text-align: left } th[rowspan], th[scope=row] { position: sticky; left: 0; z-index: 1; background: var(--paper); border-right: 1px solid var(--line) }
thead tr + tr th { text-align: right !important } th[scope=row] { font-weight: 500; white-space: normal; overflow-wrap: anywhere; min-width: 7.8rem; max-width: 13rem }
td.best { background: var(--best) } .swatch { margin-right: .5rem; vertical-align: .05em; fill: none; flex: none }
details { margin: 1.5rem 0 } summary { cursor: pointer; font-weight: 600; width: fit-content } details .times { width: auto }
.key { display: inline-block; width: 1em; height: .75em; margin: 0 .35em 0 .1em; vertical-align: -.02em } .key.id { background: var(--score-0); opacity: .6 } .key.ood { border: 1.5px solid var(--ink) } .key.frame { width: .9em; height: .9em; outline: 2px solid var(--ink); outline-offset: -2px; border-radius: 3px; vertical-align: -.12em }
.set { padding-top: .5rem } .set h3 small { font-size: .9rem; margin-left: .5rem } .set h3 { overflow-wrap: anywhere }
.figures { display: grid; grid-template-columns: minmax(0, 22rem) minmax(0, 1fr); gap: 1rem 2.5rem; align-items: start }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1.5rem 2rem; margin-top: 1rem } .curves figcaption { font-size: 1rem; font-weight: 600; color: var(--ink) } .curves .legend { display: flex; flex-wrap: wrap; gap: 0 1.25rem; font-size: .9rem }
.histograms { display: grid; grid-template-columns: repeat(auto-fill, minmax(13.5rem, 1fr)); gap: 1rem 1.5rem }
figure { margin: 0; break-inside: avoid; min-width: 0 } figcaption { font-size: .85rem; color: var(--soft) } .histograms figcaption { display: flex; align-items: baseline; color: var(--ink); overflow-wrap: anywhere }
.plot { display: block; width: 100%; height: auto; max-width: 350px; overflow: visible; font: 11px system-ui, sans-serif } .histograms .plot { max-width: 300px } .plot text { white-space: pre }
.legend { list-style: none; margin: .25rem 0 0; padding: 0; columns: 9.5rem auto; color: var(--ink) } .legend li { display: flex; align-items: baseline; gap: 0 .25rem; break-inside: avoid } .legend bdi { overflow-wrap: anywhere; min-width: 0 } .legend span { margin-left: auto; font-variant-numeric: tabular-nums }
.strip { display: grid; grid-template-columns: repeat(auto-fill, minmax(68px, 1fr)); gap: .75rem .5rem; list-style: none; padding: 0; margin: 0 } .strip li { font-size: .72rem; line-height: 1.35; color: var(--soft); overflow-wrap: anywhere; font-variant-numeric: tabular-nums; break-inside: avoid } .strip b { color: var(--ink) }
.strip img, .gap { display: block; width: 64px; height: 64px; margin-bottom: .3rem; border-radius: 5px; image-rendering: pixelated; background: var(--band) } .strip .id img { outline: 2px solid var(--ink); outline-offset: 1px }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .3rem 1.5rem; margin: 0 } dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
.data td, .data th { text-align: left } .data .count { text-align: right } .data .text { white-space: normal; min-width: 16rem; overflow-wrap: anywhere } ul { padding-left: 1.25rem } section > ul li { overflow-wrap: anywhere }
@media (max-width: 60rem) { .figures { grid-template-columns: minmax(0, 1fr) } }
@media (max-width: 40rem) { dl { grid-template-columns: minmax(0, 1fr); gap: 0 } dd { margin-bottom: .6rem } th[scope=row] { max-width: 9rem } th, td { padding: .4rem .55rem } }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth } }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --band: #fff; --best: #fff; ${colors(light)} }
  @page { margin: 14mm } body { font-size: 10.5pt } header, main { max-width: none; padding: 0 } nav { display: none } h2 { margin-top: 1.5rem } h2, h3, .caption { break-after: avoid }
  .card { border: 1px solid var(--line) } .scroll { overflow: visible; border: 0 } table { font-size: 8pt } th, td { padding: .2rem .3rem } thead th, th[scope=row] { min-width: 0 } th[scope=row] { position: static } tr, .roc { break-inside: avoid }
  .figures { grid-template-columns: minmax(0, 15rem) minmax(0, 1fr); gap: .5rem 1rem } .histograms { grid-template-columns: repeat(2, minmax(0, 1fr)) } .plot, .swatch, img { print-color-adjust: exact }
  td small, thead small { font-size: 7pt } .key { print-color-adjust: exact }
  details::details-content { content-visibility: visible; display: block } summary { list-style: none }
}
`
