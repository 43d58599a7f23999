import type { VNode } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { ComparePage } from './compare/compare-page.tsx'
import type { FoundRun } from './data/find-run.ts'
import type { Run } from './data/load-run.ts'
import { thresholdKeeping } from './data/thresholds.ts'
import { ImagesPage } from './images/images-page.tsx'
import { OverviewPage } from './overview/overview-page.tsx'
import { ProtocolPage } from './overview/protocol-page.tsx'
import { Name } from './parts/name.tsx'
import { SeparationPage } from './separation/separation-page.tsx'
import { TrainingPage } from './training/training-page.tsx'

/** What a person has chosen; the same on every page. */
export interface Selection {
  /** Of the score that is looked at. */
  readonly label: string
  readonly threshold: number
  chooseScore(label: string): void
  chooseThreshold(threshold: number): void
}

const titles = {
  overview: 'Overview',
  separation: 'Separation',
  images: 'Images',
  compare: 'Compare',
  protocol: 'Protocol',
  training: 'Training',
} as const

type PageName = keyof typeof titles

export function App(found: FoundRun): VNode {
  const { run, training } = found
  const pages = pagesOf(found)
  const [page, setPage] = useState<PageName>(() => pageOf(location.hash, pages))
  useEffect(() => {
    const follow = () => {
      setPage(pageOf(location.hash, pages))
      scrollTo(0, 0)
    }
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  const links = pages.map((name) => (
    <a key={name} href={`#/${name}`} aria-current={name === page ? 'page' : undefined}>
      {titles[name]}
    </a>
  ))
  return (
    <>
      <a class="skip" href="#content" onClick={skipToContent}>
        Skip to the content
      </a>
      <header>
        <p class="brand">mode-ood</p>
        <p class="run">
          <Name text={found.name} />
        </p>
        <nav aria-label="Pages">{links}</nav>
      </header>
      <main id="content" tabIndex={-1}>
        {page === 'training' && training ? <TrainingPage source={training} /> : null}
        {page !== 'training' && run ? <Evaluation page={page} found={found} run={run} /> : null}
      </main>
    </>
  )
}

function Evaluation({ page, run, found }: { page: PageName; run: Run; found: FoundRun }): VNode {
  const [label, setLabel] = useState(() => bestLabel(run))
  const [chosen, setChosen] = useState<number | null>(null)
  const usual = useMemo(() => thresholdKeeping(run.sorted.of(label, null), 0.95), [run, label])
  const selection: Selection = {
    label,
    threshold: chosen ?? usual,
    chooseThreshold: setChosen,
    chooseScore: (next) => {
      setLabel(next)
      setChosen(null)
    },
  }
  if (page === 'separation') return <SeparationPage run={run} selection={selection} />
  if (page === 'images') return <ImagesPage run={run} selection={selection} />
  if (page === 'compare') return <ComparePage run={run} others={found.others} />
  if (page === 'protocol') return <ProtocolPage results={run.results} />
  return <OverviewPage run={run} selection={selection} />
}

function pagesOf({ run, training }: FoundRun): PageName[] {
  const pages: PageName[] = run ? ['overview', 'separation', 'images', 'compare', 'protocol'] : []
  return training ? [...pages, 'training'] : pages
}

function pageOf(hash: string, pages: readonly PageName[]): PageName {
  return pages.find((name) => `#/${name}` === hash) ?? pages[0]!
}

/** The score with the highest mean AUROC over all sets. */
function bestLabel({ scores }: Run): string {
  return scores.reduce((best, one) => (one.result.averages.all.auroc > best.result.averages.all.auroc ? one : best))
    .label
}

function skipToContent(event: Event): void {
  event.preventDefault()
  document.getElementById('content')?.focus()
}
