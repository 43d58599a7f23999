import { escapeHtml } from './escape-html.ts'
import { styles } from './report-styles.ts'

/** The page may load nothing, whatever a name in it tries. */
const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

/** A page in the style of the report that needs no network and no script. `header` and `main` are HTML, the title is text. */
export function renderPage({ title, header, main }: { title: string; header: string; main: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${styles}</style>
</head>
<body>
<header>
${header}
</header>
<main>
${main}
</main>
</body>
</html>
`
}
