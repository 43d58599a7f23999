import type { VNode } from 'preact'
import type { Explanation } from '../data/explanation.ts'
import type { Run } from '../data/load-run.ts'
import { Picture, type Crop } from '../images/picture.tsx'
import { scoreText } from '../parts/percent-text.ts'
import type { ExplainedView } from './explain-image.ts'
import { viewNames } from './view-crops.ts'

interface NeighborsProps {
  readonly run: Run
  readonly explanation: Explanation
  readonly view: ExplainedView
  readonly crops: readonly Crop[]
}

/** The vectors of the bank nearest to a view, as the parts of the training images they come from. */
export function Neighbors({ run, explanation, view, crops }: NeighborsProps): VNode {
  const { trainingLabels, classNames, k } = explanation
  return (
    <>
      <h3>
        What “{viewNames[view.view]}” is nearest to: {k} of the training images’ views
      </h3>
      <ol class="neighbors">
        {view.neighbors.map(({ image, view: other, distance }, i) => {
          const label = trainingLabels[image]!
          return (
            <li key={`${image}/${other}`}>
              {run.atlas ? (
                <Picture atlas={run.atlas} set={run.results.id.train.name} row={image} size={72} crop={crops[other]!} />
              ) : null}
              <span>{classNames?.[label] ?? `class ${label}`}</span>
              <small>
                {viewNames[other]}, {scoreText(distance)}
                {i === k - 1 ? ' (k-th)' : ''}
              </small>
            </li>
          )
        })}
      </ol>
    </>
  )
}
