import type { VNode } from 'preact'
import { countBelow } from '../data/count-below.ts'
import { HeaderRow } from '../parts/header-row.tsx'
import { Name } from '../parts/name.tsx'
import { percentText } from '../parts/percent-text.ts'
import { setColor } from '../parts/set-color.ts'
import { Swatch } from '../parts/swatch.tsx'
import type { ShownSet } from './shown-set.ts'

interface ConfusionTableProps {
  readonly id: Float64Array
  readonly sets: readonly ShownSet[]
  readonly threshold: number
}

/** How many images of every set are kept and rejected at the threshold. */
export function ConfusionTable({ id, sets, threshold }: ConfusionTableProps): VNode {
  return (
    <section>
      <h2 id="confusion">At this threshold</h2>
      <div class="scroll" role="region" tabIndex={0} aria-labelledby="confusion">
        <table class="confusion">
          <HeaderRow names={['Set', 'Kept as ID', 'Called OOD', 'Errors']} />
          <tbody>
            <Row position={-1} name="in-distribution" sorted={id} threshold={threshold} />
            {sets.map(({ name, position, sorted }) => (
              <Row key={name} position={position} name={name} sorted={sorted} threshold={threshold} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

interface RowProps {
  readonly position: number
  readonly name: string
  readonly sorted: Float64Array
  readonly threshold: number
}

function Row({ position, name, sorted, threshold }: RowProps): VNode {
  const rejected = countBelow(sorted, threshold)
  const kept = sorted.length - rejected
  const errors = (position < 0 ? rejected : kept) / sorted.length
  return (
    <tr>
      <th scope="row">
        <Swatch position={position} /> <Name text={name} />
      </th>
      <td>{kept}</td>
      <td>{rejected}</td>
      <td class="errors">
        <span class="meter" aria-hidden="true">
          <span style={{ width: `${100 * errors}%`, background: setColor(position) }} />
        </span>
        <span>
          {percentText(errors)} {position < 0 ? 'false alarms' : 'missed'}
        </span>
      </td>
    </tr>
  )
}
