/** The report's style sheet: light, dark and print. */
export const styles = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5a6675; --line: #d8dee6; --paper: #fff; --band: #f5f7fa; --id: #0072b2; --ood: #e69f00 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #a3aebb; --line: #38424e; --paper: #14181e; --band: #1c2229; --id: #56b4e9; --ood: #e69f00 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem 4rem }
h1 { font-size: 1.7rem; margin: 0 0 .25rem } h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem } h3 { font-size: 1rem; margin: 1.5rem 0 .5rem }
.finding { font-size: 1.15rem; color: var(--soft); margin: 0 }
.scroll { overflow-x: auto; margin: 1.25rem 0 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; width: 100% }
caption { text-align: left; font-weight: 600; padding: .25rem 0 }
th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap }
thead th { font-weight: 500; color: var(--soft); white-space: normal; vertical-align: bottom }
th:first-child { text-align: left; font-weight: 500 } tbody tr:nth-child(odd) { background: var(--band) } .interval { color: var(--soft) }
.charts { display: flex; flex-wrap: wrap; gap: 1rem 2rem } figure { margin: 0; break-inside: avoid } figure svg { max-width: 100% ; vertical-align: top } figcaption { font-size: .85rem; color: var(--soft) }
.swatch { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin: 0 .35em 0 .8em } .swatch.id { background: #0072b2 } .swatch.ood { background: #e69f00 }
.strip { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; padding: 0; margin: 0 } .strip li { width: 72px; font-size: .7rem; color: var(--soft); overflow-wrap: anywhere } .strip img { display: block; width: 64px; height: 64px; border-radius: 4px; image-rendering: pixelated }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 0 } dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere } details table { width: auto }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr } dd { margin-bottom: .5rem } }
@media print { body { background: #fff; color: #000 } main { max-width: none; padding: 0 } section { break-inside: auto } }
`
