export { saveDetector, type SaveDetectorOptions } from './save-detector.ts'
export { openDetector, type OpenDetectorOptions } from './open-detector.ts'
export { readDetectorManifest, type DetectorManifest } from './detector-manifest.ts'
export { checkDetectorPlace } from './check-detector-place.ts'
