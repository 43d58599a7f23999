export { describeWithData, realData } from './real-data.ts'
export { relativeError, tolerance } from './tolerance.ts'
export { temporaryDirectory } from './temporary-directory.ts'
export { runReadmeExample, type ReadmeExample } from './run-readme-example.ts'
