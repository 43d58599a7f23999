export { csd } from './csd.ts'
export type { CsdOptions } from './csd-options.ts'
export { multiScaleViews, viewWindows, type ViewWindow } from './multi-scale-views.ts'
