import type { ScoreDefinition } from '@mode-ood/core'
import { defineRmds } from './define-rmds.ts'

/**
 * Relative Mahalanobis distance: -min over c of [d²_c(z) - d²_0(z)], where d_c is the distance of `mahalanobis` to class c and
 * d_0 that to one Gaussian of all training images; both covariances are divided by the number of images.
 *
 * Ren et al., "A Simple Fix to Mahalanobis Distance for Improving Near-OOD Detection", ICML UDL workshop 2021.
 */
export const rmds: ScoreDefinition<'embedding', Record<string, never>> = defineRmds('rmds', 'raw')
