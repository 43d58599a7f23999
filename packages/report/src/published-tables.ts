import type { PublishedTable } from './results.ts'

const mode =
  'Zhang et al., "From Global to Local: Multi-scale Out-of-distribution Detection", IEEE TIP 2023, arXiv 2308.10239'
const cider = 'Ming et al., "How to Exploit Hyperspherical Embeddings for Out-of-Distribution Detection?", ICLR 2023'
const palm = 'Lu et al., "Learning with Mixture of Prototypes for Out-of-Distribution Detection", ICLR 2024'

const cifar =
  'trained by each paper’s own recipe (MODE: 500 epochs); means over SVHN, Places365, LSUN-crop, iSUN and Textures, squashed to 32 x 32; FPR@95 with ID positive'

/** What papers print for MODE and the methods beside it, as percentages; every row with its source. */
const printed: readonly [title: string, protocol: string, rows: readonly Row[]][] = [
  [
    'CIFAR-10, ResNet-18',
    cifar,
    [
      ['MSP', 59.01, 90.65, mode],
      ['KNN (cross-entropy)', 30.77, 94.15, mode],
      ['KNN+ (SupCon)', 11.07, 97.93, mode],
      ['MODE-T', 12.78, 97.74, mode],
      ['MODE-F', 10.25, 98.28, mode, 'recomputed from the paper’s cells; its average is printed as 10.05 / 98.42'],
    ],
  ],
  [
    'CIFAR-100, ResNet-34',
    cifar,
    [
      ['KNN+ (SupCon)', 60.22, 86.14, mode],
      ['MODE-F', 50.53, 87.9, mode],
      ['CIDER', 40.85, 89.34, cider],
      ['PALM', 28.02, 93.82, palm],
    ],
  ],
  [
    'ImageNet, ResNet-50',
    'trained by the paper’s own recipe; mean over the paper’s own sets; FPR@95 with ID positive',
    [
      ['KNN+ (SupCon)', 39.18, 90.55, mode],
      ['MODE-F', 36.38, 92.24, mode],
    ],
  ],
]

type Row = readonly [method: string, fpr95: number, auroc: number, source: string, note?: string]

/** Tables of papers, to show beside results: other networks and other images, so no number is comparable cell by cell. */
export const publishedTables: readonly PublishedTable[] = printed.map(([title, protocol, rows]) => ({
  title,
  protocol,
  rows: rows.map(([method, fpr95, auroc, source, note]) => ({
    method,
    source,
    fpr95IdPositive: fpr95 / 100,
    auroc: auroc / 100,
    ...(note !== undefined && { note }),
  })),
}))
