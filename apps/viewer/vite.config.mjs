// The page becomes one HTML file with its script and style inside: a module beside it could not be loaded from file://.
import { createHash } from 'node:crypto'
import { defineConfig } from 'vite'

export default defineConfig({
  root: 'src/page',
  logLevel: 'warn',
  resolve: { conditions: ['@mode-ood/source', 'browser', 'module', 'import', 'default'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/page',
    emptyOutDir: false,
    target: 'es2023',
    modulePreload: false,
    assetsInlineLimit: Infinity,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { output: { codeSplitting: false } },
  },
  plugins: [inlineAssets()],
})

/** Puts script and style into the page, and a policy that lets this script run and nothing else, and talks to nobody. */
function inlineAssets() {
  return {
    name: 'inline-assets',
    enforce: 'post',
    generateBundle(_, bundle) {
      const page = bundle['index.html']
      const files = Object.values(bundle)
      const script = files.find(({ type }) => type === 'chunk').code.replaceAll('</script', '<\\/script')
      const style = String(files.find(({ fileName }) => fileName.endsWith('.css')).source)
      const hash = createHash('sha256').update(script).digest('base64')
      const policy = `default-src 'none'; script-src 'sha256-${hash}' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'`
      page.source = String(page.source)
        .replace(/<script[^>]*src=[^>]*><\/script>/, '')
        .replace(/<link[^>]*rel="stylesheet"[^>]*>/, '')
        .replace(
          '<meta charset="utf-8" />',
          () => `<meta charset="utf-8" />\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`,
        )
        .replace('</head>', () => `<style>${style}</style>\n  </head>`)
        .replace('</body>', () => `<script type="module">${script}</script>\n  </body>`)
      for (const file of files) if (file !== page) delete bundle[file.fileName]
    },
  }
}
