import { percent, type Results } from '@mode-ood/report'
import type { ComponentChildren, VNode } from 'preact'
import { HeaderRow } from '../parts/header-row.tsx'

/** Lines of a list; a page of a million helps nobody. */
const mostListed = 200

/** With what the numbers were made, and how to read them. */
export function ProtocolPage({ results }: { results: Results }): VNode {
  const { model, environment, createdAt, warnings, timings } = results
  const skipped = setsOf(results).flatMap(({ name, skipped: left }) =>
    left.map(({ file, reason }) => `${name}: ${file}: ${reason}`),
  )
  return (
    <>
      <h1>Protocol</h1>
      <dl>
        <Fact term="Model">{model.description}</Fact>
        <Fact term="Model file, SHA-256">
          <code>{model.hash}</code>
        </Fact>
        <Fact term="Input">
          {model.inputSize === 0
            ? 'outputs of the model; no image was read'
            : `${model.inputSize} x ${model.inputSize} pixels, mean ${model.mean.join(', ')}, std ${model.std.join(', ')}`}
        </Fact>
        <Fact term="Scores">
          {results.scores.map(({ name, options }) => `${name} ${JSON.stringify(options)}`).join('; ')}
        </Fact>
        <Fact term="Machine">
          {Object.entries(environment)
            .map(([key, value]) => `${key} ${String(value)}`)
            .join(', ')}
        </Fact>
        <Fact term="Evaluated">{createdAt}</Fact>
      </dl>
      <DataTable results={results} />
      <List title="Notes" lines={warnings} />
      <List title="Images left out" lines={skipped} />
      <Reading />
      <Published results={results} />
      <h2 id="times">Time of each stage</h2>
      <div class="scroll" role="region" tabIndex={0} aria-labelledby="times">
        <table>
          <thead>
            <tr>
              <th scope="col">Stage</th>
              <th scope="col">Seconds</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(timings).map(([stage, seconds]) => (
              <tr key={stage}>
                <th scope="row">
                  <bdi>{stage}</bdi>
                </th>
                <td>{seconds.toFixed(2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function Fact({ term, children }: { term: string; children: ComponentChildren }): VNode {
  return (
    <>
      <dt>{term}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </>
  )
}

function setsOf({ id, ood }: Results) {
  const validation = id.validation ? [{ ...id.validation, role: 'ID validation' }] : []
  return [
    { ...id.train, role: 'ID training' },
    ...validation,
    { ...id.test, role: 'ID test' },
    ...ood.map((set) => ({ ...set, role: `${set.group} OOD` })),
  ]
}

function DataTable({ results }: { results: Results }): VNode {
  return (
    <>
      <h2 id="data">Data</h2>
      <div class="scroll" role="region" tabIndex={0} aria-labelledby="data">
        <table>
          <HeaderRow names={['Set', 'Role', 'Images', 'Source']} />
          <tbody>
            {setsOf(results).map(({ name, role, count, description }) => (
              <tr key={name}>
                <th scope="row" class="whole">
                  <bdi>{name}</bdi>
                </th>
                <td>
                  <bdi>{role}</bdi>
                </td>
                <td>{count}</td>
                <td class="text">
                  <bdi>{description}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function List({ title, lines }: { title: string; lines: readonly string[] }): VNode | null {
  if (lines.length === 0) return null
  return (
    <>
      <h2>{title}</h2>
      <ul>
        {lines.slice(0, mostListed).map((line) => (
          <li key={line}>
            <bdi>{line}</bdi>
          </li>
        ))}
        {lines.length > mostListed ? <li>and {lines.length - mostListed} more, see results.json</li> : null}
      </ul>
    </>
  )
}

/** What papers print, where it was asked for. */
function Published({ results: { published = [] } }: { results: Results }): VNode | null {
  if (published.length === 0) return null
  return (
    <>
      <h2>Published</h2>
      <p>
        What papers print, in percent: other networks, other training and other images than here, so no number can be
        compared with one of this run.
      </p>
      {published.map(({ title, protocol, rows }) => (
        <section key={title}>
          <h3>{title}</h3>
          <p class="note">{protocol}</p>
          <div class="scroll" role="region" tabIndex={0} aria-label={title}>
            <table>
              <HeaderRow names={['Method', 'AUROC', 'FPR@95 ID positive', 'Source']} />
              <tbody>
                {rows.map(({ method, auroc, fpr95IdPositive, source, note }) => (
                  <tr key={`${method}/${source}`}>
                    <th scope="row">{method}</th>
                    <td>{percent(auroc)}</td>
                    <td>{percent(fpr95IdPositive)}</td>
                    <td class="text">
                      {source} {note ? <small>{note}</small> : null}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      ))}
    </>
  )
}

function Reading(): VNode {
  return (
    <>
      <h2>How to read the numbers</h2>
      <p>
        Scores are higher for in-distribution images; an image is kept when its score is at least the threshold. AUROC
        is the chance that an ID image scores above an OOD image. Two numbers go by the name FPR@95: with ID positive it
        is the share of OOD images still accepted when the threshold keeps at least 95 % of the ID images; with OOD
        positive it is the share of ID images rejected when the threshold catches at least 95 % of the OOD images.
      </p>
      <p>
        Intervals are DeLong’s, and leads are tested with DeLong’s paired test on the same images; both speak of drawing
        other images from the same sets, not of other sets or of training again. The interval of a mean runs between the
        means of the ends, which is never too narrow. That the best of several scores was picked is not corrected for.
        Averages are unweighted means over sets. Part of any separation is how a set was acquired, so each set is
        reported by itself.
      </p>
    </>
  )
}
