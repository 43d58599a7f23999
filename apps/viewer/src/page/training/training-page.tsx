import { percent, scoreLabels, type EvaluationRecord, type StepsRecord } from '@mode-ood/report'
import type { VNode } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { RunSource } from '../data/run-source.ts'
import { Name } from '../parts/name.tsx'
import { Curve, type CurveLine } from './curve.tsx'
import { readLog } from './read-log.ts'

/** Milliseconds between two looks at the log. */
const interval = 2000
/** Rows of the table: the newest. */
const mostRows = 100

/** The curves of a training and what its evaluations found; it follows a training that goes on. */
export function TrainingPage({ source }: { source: RunSource }): VNode {
  const text = useLog(source)
  const { steps, evaluations } = useMemo(() => readLog(text), [text])
  const last = steps.at(-1)
  return (
    <>
      <h1>Training</h1>
      <p role="status">
        {last
          ? `Epoch ${last.epoch + 1}, step ${last.step}: loss ${Number(last.loss.toPrecision(4))}, ${Math.round(last.imagesPerSecond)} images a second.`
          : 'Nothing has been trained yet.'}
      </p>
      {last ? <Curves steps={steps} /> : null}
      {evaluations.length > 0 ? <Evaluations records={evaluations} /> : null}
    </>
  )
}

function useLog(source: RunSource): string {
  const [text, setText] = useState('')
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    let isLeft = false
    const look = async () => {
      // A server that was ended must not end the page: what is known stays.
      const bytes = await source.read('metrics.jsonl').catch(() => null)
      if (isLeft) return
      if (bytes) setText(new TextDecoder().decode(bytes))
      if (source.isLive) timer = setTimeout(() => void look(), interval)
    }
    void look()
    return () => {
      isLeft = true
      clearTimeout(timer)
    }
  }, [source])
  return text
}

function Curves({ steps }: { steps: readonly StepsRecord[] }): VNode {
  const lines = useMemo(() => {
    const line = (name: string, value: (record: StepsRecord) => number | undefined): CurveLine => ({
      name,
      points: steps.flatMap((record) => {
        const found = value(record)
        return found === undefined ? [] : [[record.step, found] as const]
      }),
    })
    const parts = Object.keys(steps.at(-1)!.parts)
    return {
      loss: [line('loss', ({ loss }) => loss), ...parts.map((part) => line(part, (record) => record.parts[part]))],
      rate: [line('learning rate', ({ learningRate }) => learningRate)],
      speed: [line('images a second', ({ imagesPerSecond }) => imagesPerSecond)],
    }
  }, [steps])
  return (
    <div class="curves">
      <Curve title="Loss" lines={lines.loss} />
      <Curve title="Learning rate" lines={lines.rate} />
      <Curve title="Images a second" lines={lines.speed} />
    </div>
  )
}

/** AUROC of every score and set after the epochs that were evaluated. */
function Evaluations({ records }: { records: readonly EvaluationRecord[] }): VNode {
  const { scores } = records.at(-1)!
  const labels = scoreLabels(scores)
  const shown = records.slice(-mostRows).toReversed()
  return (
    <>
      <h2 id="evaluations">Evaluations</h2>
      <div class="scroll" role="region" tabIndex={0} aria-labelledby="evaluations">
        <table>
          <thead>
            <tr>
              <th scope="col">Epoch</th>
              <th scope="col">Accuracy</th>
              {scores.flatMap(({ sets }, i) =>
                sets.map(({ name }) => (
                  <th key={`${labels[i]}/${name}`} scope="col">
                    <Name text={labels[i]!} />
                    <small>
                      <Name text={name} />
                    </small>
                  </th>
                )),
              )}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ epoch, step, idAccuracy, scores: found }) => (
              <tr key={step}>
                <th scope="row">{epoch + 1}</th>
                <td>{idAccuracy === null ? '–' : percent(idAccuracy)}</td>
                {found.flatMap(({ sets }, i) =>
                  sets.map(({ name, auroc }) => <td key={`${labels[i]}/${name}`}>{percent(auroc)}</td>),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">AUROC in percent, the newest first. Nothing of the training was chosen by the OOD sets.</p>
    </>
  )
}
