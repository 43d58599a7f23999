export { BackendUnavailableError } from './backend-unavailable-error.ts'
export {
  prepareBackend,
  type BackendPreference,
  type PreparedBackend,
  type PrepareOptions,
  type SkippedBackend,
} from './prepare-backend.ts'
export { findNativePackage, type NativePackage } from './find-native-package.ts'
export type { BackendName, TensorFlow } from './backend-name.ts'
