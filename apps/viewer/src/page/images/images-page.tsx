import type { VNode } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { Selection } from '../app.tsx'
import type { Run } from '../data/load-run.ts'
import { shortName } from '../parts/name.tsx'
import { scoreText } from '../parts/percent-text.ts'
import { ScoreSelect } from '../parts/score-select.tsx'
import { ImageDialog } from './image-dialog.tsx'
import { ImageGrid } from './image-grid.tsx'
import { filterImages, rankImages, type ImageFilter } from './image-list.ts'

/** Every test image by its score. */
export function ImagesPage({ run, selection }: { run: Run; selection: Selection }): VNode {
  const { label, threshold } = selection
  const [set, chooseSet] = useState<number | null>(null)
  const [verdict, chooseVerdict] = useState<ImageFilter['verdict']>('all')
  const [mostOodFirst, turn] = useState(true)
  const [open, setOpen] = useState<number | null>(null)
  const ranked = useMemo(() => rankImages(run, label), [run, label])
  const list = useMemo(
    () => filterImages(ranked, { threshold, set, verdict, mostOodFirst }),
    [ranked, threshold, set, verdict, mostOodFirst],
  )
  const count = list.rows.length
  return (
    <>
      <h1>Images</h1>
      <div class="bar">
        <ScoreSelect run={run} selection={selection} />
        <SetSelect run={run} onChoose={chooseSet} />
        <label class="field">
          Show
          <select onChange={({ currentTarget }) => chooseVerdict(currentTarget.value as ImageFilter['verdict'])}>
            <option value="all">all images</option>
            <option value="mistakes">all mistakes</option>
            <option value="id-rejected">ID called OOD</option>
            <option value="ood-accepted">OOD kept as ID</option>
          </select>
        </label>
        <button type="button" aria-pressed={!mostOodFirst} onClick={() => turn(!mostOodFirst)}>
          {mostOodFirst ? 'Lowest scores first' : 'Highest scores first'}
        </button>
      </div>
      <p class="note" role="status">
        {count} {count === 1 ? 'image' : 'images'}; threshold {scoreText(threshold)}. Mistakes have a dot; the line
        below a picture has the colour of its set.{run.atlas ? '' : ' This run keeps no pictures.'}
      </p>
      <ImageGrid run={run} list={list} threshold={threshold} onOpen={setOpen} />
      {open !== null && open < count ? (
        <ImageDialog run={run} list={list} index={open} threshold={threshold} onMove={setOpen} />
      ) : null}
    </>
  )
}

function SetSelect({ run, onChoose }: { run: Run; onChoose: (set: number | null) => void }): VNode {
  return (
    <label class="field">
      Set
      <select onChange={({ currentTarget: { value } }) => onChoose(value === '' ? null : Number(value))}>
        <option value="">all</option>
        <option value="-1">in-distribution</option>
        {run.results.ood.map(({ name }, position) => (
          <option key={name} value={position}>
            {shortName(name)}
          </option>
        ))}
      </select>
    </label>
  )
}
