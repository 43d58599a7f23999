export { csd } from './csd.ts'
export { multiScaleViews, viewWindows, type ViewWindow } from './multi-scale-views.ts'
