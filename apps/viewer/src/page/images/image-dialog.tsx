import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Run } from '../data/load-run.ts'
import { shareBelow } from '../data/sorted-scores.ts'
import { ExplanationPanel } from '../explain/explanation-panel.tsx'
import { Name } from '../parts/name.tsx'
import { percentText, scoreText } from '../parts/percent-text.ts'
import type { ImageList } from './image-list.ts'
import { nameOfImage, nameOfSet } from './name-of-image.ts'
import { Picture } from './picture.tsx'

interface ImageDialogProps {
  readonly run: Run
  readonly list: ImageList
  readonly index: number
  readonly threshold: number
  /** To another image of the list; null closes. */
  readonly onMove: (index: number | null) => void
}

/** One image: what every score says about it, and why. */
export function ImageDialog({ run, list, index, threshold, onMove }: ImageDialogProps): VNode {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const [set, row, score] = [list.sets[index]!, list.rows[index]!, list.scores[index]!]
  const isKept = score >= threshold
  const turn = (event: KeyboardEvent) => {
    if (event.key === 'ArrowRight' && index + 1 < list.rows.length) onMove(index + 1)
    if (event.key === 'ArrowLeft' && index > 0) onMove(index - 1)
  }
  return (
    <dialog ref={dialog} aria-labelledby="image-name" onClose={() => onMove(null)} onKeyDown={turn}>
      <div class="bar">
        <h2 id="image-name">
          <Name text={nameOfImage(run, set, row)} />
        </h2>
        <button type="button" disabled={index === 0} onClick={() => onMove(index - 1)}>
          Previous
        </button>
        <button type="button" disabled={index + 1 >= list.rows.length} onClick={() => onMove(index + 1)}>
          Next
        </button>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
      <p>
        {set < 0 ? 'In-distribution' : <Name text={nameOfSet(run, set)} />}; score {scoreText(score)} is{' '}
        {isKept ? 'at least' : 'below'} the threshold {scoreText(threshold)}: {isKept ? 'kept as ID' : 'called OOD'},{' '}
        {isKept === set < 0 ? 'rightly.' : <b class="wrong">wrongly.</b>}
      </p>
      <div class="about-image">
        {run.explanation ? (
          <ExplanationPanel key={`${set}/${row}`} run={run} explanation={run.explanation} set={set} row={row} />
        ) : run.atlas ? (
          <Picture atlas={run.atlas} set={nameOfSet(run, set)} row={row} size={224} />
        ) : null}
        <ScoresOfImage run={run} set={set} row={row} />
      </div>
    </dialog>
  )
}

function ScoresOfImage({ run, set, row }: { run: Run; set: number; row: number }): VNode {
  return (
    <div class="scroll" role="region" tabIndex={0} aria-label="All scores of this image">
      <table>
        <thead>
          <tr>
            <th scope="col">Score</th>
            <th scope="col">Value</th>
            <th scope="col">ID images below it</th>
          </tr>
        </thead>
        <tbody>
          {run.scores.map(({ label, images }) => {
            const value = (set < 0 ? images.id : images.ood.get(nameOfSet(run, set))!)[row]!
            return (
              <tr key={label}>
                <th scope="row">
                  <Name text={label} />
                </th>
                <td>{scoreText(value)}</td>
                <td>{percentText(shareBelow(run.sorted.of(label, null), value))}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
