export { renderViewer } from './render-viewer.ts'
export { serveRuns, type RunServer, type ServeOptions } from './serve-runs.ts'
export { runCommand } from './run-command.ts'
