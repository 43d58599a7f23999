// Starts the thread from its TypeScript source, for tests and development: `--import tsx` serves the main thread only.
import { register } from 'tsx/esm/api'

register()
await import('./training-thread.ts')
