import type { VNode } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { Explanation } from '../data/explanation.ts'
import type { Run } from '../data/load-run.ts'
import { nameOfSet } from '../images/name-of-image.ts'
import { pictureStyle } from '../images/picture.tsx'
import { Name } from '../parts/name.tsx'
import { percentText, scoreText } from '../parts/percent-text.ts'
import { explainImage, heatMapOf, idDistancesOf, type ExplainedImage } from './explain-image.ts'
import { HeatOverlay } from './heat-overlay.tsx'
import { Neighbors } from './neighbors.tsx'
import { viewCrops, viewNames } from './view-crops.ts'

/** Pixels of the picture that the views are drawn on. */
const size = 256

interface ExplanationPanelProps {
  readonly run: Run
  readonly explanation: Explanation
  readonly set: number
  readonly row: number
}

/** Why csd gave an image its score: its views, the one that decided, what they were compared with, and where it is strange. */
export function ExplanationPanel({ run, explanation, set, row }: ExplanationPanelProps): VNode {
  const idCount = run.results.id.test.count
  const all = useMemo(() => idDistancesOf(explanation, idCount), [explanation, idCount])
  const place = placeOf(run, set, row)
  const image = explainImage(explanation, all, place)
  const [chosen, choose] = useState(image.deciding)
  const [showsHeat, showHeat] = useState(false)
  const heat = heatMapOf(explanation, place)
  const crops = viewCrops(explanation)
  const crop = crops[chosen]!
  const style = run.atlas ? pictureStyle(run.atlas, nameOfSet(run, set), row, size) : null
  return (
    <div class="explanation">
      <div class="views">
        <div class="viewed" style={{ ...style, width: `${size}px`, height: `${size}px` }}>
          {showsHeat && heat ? <HeatOverlay heat={heat} explanation={explanation} size={size} /> : null}
          <svg viewBox="0 0 1 1" aria-hidden="true">
            <rect x={crop.left} y={crop.top} width={crop.width} height={crop.height} class="view-shade" />
            <rect x={crop.left} y={crop.top} width={crop.width} height={crop.height} class="view-frame" />
          </svg>
        </div>
        <label class="key">
          <input
            type="checkbox"
            checked={showsHeat && heat !== null}
            disabled={heat === null}
            onChange={({ currentTarget }) => showHeat(currentTarget.checked)}
          />
          Heat map{heat === null ? ' (not kept for this image)' : ''}
        </label>
        {showsHeat && heat ? (
          <p class="note">
            Brighter is farther from the training images: a window of a quadrant’s size at every place.
          </p>
        ) : null}
      </div>
      <div class="why">
        <h3>
          How <Name text={explanation.score} /> sees it: six views, the nearest decides
        </h3>
        <ViewTable image={image} chosen={chosen} onChoose={choose} />
        <Neighbors run={run} explanation={explanation} view={image.views[chosen]!} crops={crops} />
      </div>
    </div>
  )
}

/** The row of an image among all test images. */
function placeOf({ results }: Run, set: number, row: number): number {
  if (set < 0) return row
  return results.ood.slice(0, set).reduce((sum, { count }) => sum + count, results.id.test.count + row)
}

interface ViewTableProps {
  readonly image: ExplainedImage
  readonly chosen: number
  readonly onChoose: (view: number) => void
}

function ViewTable({ image, chosen, onChoose }: ViewTableProps): VNode {
  return (
    <table class="view-table">
      <thead>
        <tr>
          <th scope="col">View</th>
          <th scope="col">Squared distance</th>
          <th scope="col">ID views nearer</th>
        </tr>
      </thead>
      <tbody>
        {image.views.map(({ view, distance, quantile }) => (
          <tr key={view} class={view === chosen ? 'chosen' : undefined}>
            <th scope="row">
              <button type="button" class="pick" aria-pressed={view === chosen} onClick={() => onChoose(view)}>
                {viewNames[view]}
              </button>
              {view === image.deciding ? <b class="decides"> decides</b> : null}
            </th>
            <td>{scoreText(distance)}</td>
            <td>{percentText(quantile)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
