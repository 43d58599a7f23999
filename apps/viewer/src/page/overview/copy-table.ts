import { shownValue, type RankingTable } from './ranking-table.ts'

/** The table as text in a format of a person's choice, rows in the order given; in percent, CSV in fractions with all digits. */
export const tableFormats: Readonly<Record<string, (table: RankingTable, rows: readonly number[]) => string>> = {
  Markdown(table, rows) {
    const cell = (text: string) => text.replaceAll(/[\\|`*_<[\]]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ')
    const line = (list: readonly string[]) => `| ${list.join(' | ')} |`
    const head = ['Score', ...table.columns.map(({ title }) => title)].map(cell)
    const rule = ['---', ...table.columns.map(() => '--:')]
    return [head, rule, ...cells(table, rows, cell)].map(line).join('\n')
  },
  CSV(table, rows) {
    // A spreadsheet would run a text that begins like a formula.
    const cell = (text: string) => `"${text.replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`
    const head = ['Score', ...table.columns.flatMap(columnTitles)].map(cell)
    const body = rows.map((row) => [
      cell(table.labels[row]!),
      ...table.columns.flatMap(({ values, intervals }) => [values[row]!, ...(intervals?.[row] ?? [])]),
    ])
    return [head, ...body].map((line) => line.join(',')).join('\r\n')
  },
  LaTeX(table, rows) {
    const head = ['Score', ...table.columns.map(({ title }) => title)].map(latex)
    const line = (list: readonly string[]) => String.raw`${list.join(' & ')} \\`
    return [
      String.raw`\begin{tabular}{l${'r'.repeat(table.columns.length)}}`,
      String.raw`\hline`,
      line(head),
      String.raw`\hline`,
      ...cells(table, rows, latex).map(line),
      String.raw`\hline`,
      String.raw`\end{tabular}`,
    ].join('\n')
  },
}

const columnTitles = ({ title, intervals }: RankingTable['columns'][number]) =>
  intervals ? [title, `${title} low`, `${title} high`] : [title]

function cells(
  { labels, columns }: RankingTable,
  rows: readonly number[],
  text: (label: string) => string,
): string[][] {
  return rows.map((row) => [text(labels[row]!), ...columns.map((column) => text(shownValue(column, row)))])
}

const latexNames: Readonly<Record<string, string>> = {
  '\\': String.raw`\textbackslash{}`,
  '~': String.raw`\textasciitilde{}`,
  '^': String.raw`\textasciicircum{}`,
  '<': String.raw`\textless{}`,
}

function latex(text: string): string {
  return text.replaceAll(/[\\~^<&%$#_{}]/g, (character) => latexNames[character] ?? `\\${character}`)
}
