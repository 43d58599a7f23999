import type { Need, ScoreDefinition } from '@mode-ood/core'
import { csd } from '@mode-ood/csd'
import * as scores from '@mode-ood/scores'

/** A score whose options and outputs are known only when it runs. */
export type AnyDefinition = ScoreDefinition<Need, Record<string, unknown>>

/** The scores a configuration may name, in the order in which `all` lists them. */
export const shippedScores: ReadonlyMap<string, AnyDefinition> = new Map(
  [
    csd,
    scores.knn,
    scores.nnguide,
    scores.relation,
    scores.msp,
    scores.maxLogit,
    scores.energy,
    scores.temperatureScaledMsp,
    scores.gen,
    scores.entropy,
    scores.klMatching,
    scores.gradnorm,
    scores.react,
    scores.vra,
    scores.ashS,
    scores.ashB,
    scores.ashP,
    scores.scale,
    scores.dice,
    scores.mahalanobis,
    scores.mahalanobisNormalized,
    scores.rmds,
    scores.rmdsNormalized,
    scores.ssd,
    scores.she,
    scores.vim,
    scores.residual,
    scores.fdbd,
    scores.nci,
  ].map((definition) => [definition.name, definition as unknown as AnyDefinition]),
)
