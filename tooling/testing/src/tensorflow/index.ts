export { describeBackends, numbers } from './backends.ts'
