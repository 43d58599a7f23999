import type { VNode } from 'preact'

/** The head of a table: a column for each of `names`. */
export function HeaderRow({ names }: { readonly names: readonly string[] }): VNode {
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  )
}
