import { bestOfGroup, type BestOfGroup } from '@mode-ood/report'
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Selection } from '../app.tsx'
import type { Run } from '../data/load-run.ts'
import { shareBelow } from '../data/sorted-scores.ts'
import { Name } from '../parts/name.tsx'
import { percentText, scoreText } from '../parts/percent-text.ts'
import { Ranking } from './ranking.tsx'
import { groupsOf } from './ranking-table.ts'

/** Which score is best, and what a threshold would do. */
export function OverviewPage({ run, selection }: { run: Run; selection: Selection }): VNode {
  const { results } = run
  const groups = groupsOf(results).filter((group) => group !== 'all')
  return (
    <>
      <h1 class="finding">
        <Finding run={run} groups={groups} />
      </h1>
      <p class="about">
        <Name text={results.model.description} />, {results.id.test.count} in-distribution test images
        {results.idAccuracy === null ? '' : `, classified with ${percentText(results.idAccuracy)} accuracy`}
      </p>
      <Cards run={run} groups={groups} selection={selection} />
      <Ranking run={run} selection={selection} />
    </>
  )
}

function Finding({ run, groups }: { run: Run; groups: readonly string[] }): VNode {
  const best = groups.map((group) => ({ group, label: bestLabel(run, group) }))
  const labels = [...new Set(best.map(({ label }) => label))]
  return (
    <>
      {labels.map((label, i) => (
        <span key={label}>
          {i > 0 ? ', ' : ''}
          <Name text={label} /> {i === 0 ? 'separates best on ' : 'on '}
          {best
            .filter((one) => one.label === label)
            .map(({ group }, j) => (
              <span key={group}>
                {j > 0 ? ' and ' : ''}
                <Name text={group} />
              </span>
            ))}{' '}
          OOD
        </span>
      ))}
    </>
  )
}

function bestLabel({ scores }: Run, group: string): string {
  const auroc = (i: number) => scores[i]!.result.averages[group]!.auroc
  return scores[scores.reduce((best, _, i) => (auroc(i) > auroc(best) ? i : best), 0)]!.label
}

interface CardsProps {
  readonly run: Run
  readonly groups: readonly string[]
  readonly selection: Selection
}

function Cards({ run, groups, selection }: CardsProps): VNode {
  const found = useBest(run, groups)
  const { label, threshold } = selection
  const missed = run.results.ood.map(({ name }) => 1 - shareBelow(run.sorted.of(label, name), threshold))
  const mean = missed.reduce((sum, share) => sum + share, 0) / missed.length
  return (
    <div class="cards">
      {groups.map((group) => (
        <BestCard key={group} group={group} found={found.get(group)} />
      ))}
      <div class="card">
        <h2>
          Threshold for <Name text={label} />
        </h2>
        <p class="number">{scoreText(threshold)}</p>
        <p>
          Rejects {percentText(shareBelow(run.sorted.of(label, null), threshold))} of the in-distribution images and
          misses {percentText(mean)} of OOD, mean over sets. <a href="#/separation">Try others</a>
        </p>
      </div>
    </div>
  )
}

function BestCard({ group, found }: { group: string; found: BestOfGroup | undefined }): VNode {
  return (
    <div class="card">
      <h2>
        <Name text={group} /> OOD
      </h2>
      <p class="number">{found ? percentText(found.auroc, 2) : '…'}</p>
      <p>
        {found ? (
          <>
            Mean AUROC of <Name text={found.label} /> over {found.sets === 1 ? 'one set' : `${found.sets} sets`}, 95 %
            interval {found.interval.map((end) => (100 * end).toFixed(1)).join('–')}. <Lead next={found.next} />
          </>
        ) : (
          'Comparing the scores image by image…'
        )}
      </p>
    </div>
  )
}

function Lead({ next }: { next: BestOfGroup['next'] }): VNode | null {
  if (!next) return null
  const points = (value: number) => (100 * value).toFixed(2).replace('-', '−')
  const [low, high] = next.interval ?? [0, 0]
  const name = <Name text={next.label} />
  if (!next.interval) {
    return (
      <>
        Next is {name}, {points(next.difference)} points behind; too few images for a test.
      </>
    )
  }
  return (
    <>
      Its lead over {name}, {points(next.difference)} points ({points(low)} to {points(high)}), is{' '}
      {low > 0 ? 'significant.' : 'not significant.'}
    </>
  )
}

/** The paired tests take a second on large runs, so the page is shown before them. */
function useBest(run: Run, groups: readonly string[]): ReadonlyMap<string, BestOfGroup> {
  const [found, setFound] = useState<ReadonlyMap<string, BestOfGroup>>(new Map())
  useEffect(() => {
    let isLeft = false
    void (async () => {
      for (const group of groups) {
        await new Promise((resolve) => {
          setTimeout(resolve, 20)
        })
        if (isLeft) return
        const best = bestOfGroup(run.scores, group)
        setFound((before) => new Map([...before, [group, best]]))
      }
    })()
    return () => {
      isLeft = true
    }
  }, [run])
  return found
}
