const methods = ['log', 'info', 'warn', 'error', 'debug'] as const
const ignore = () => {}

/**
 * Calls a function that returns at once while nothing it prints to the console or warns of through the process gets through:
 * the packages of TensorFlow.js greet, advertise and use deprecated modules of Node when they load.
 */
export function quietly<T>(load: () => T): T {
  const originals = methods.map((method) => console[method])
  const { emitWarning } = process
  for (const method of methods) console[method] = ignore
  process.emitWarning = ignore
  try {
    return load()
  } finally {
    for (const [i, method] of methods.entries()) console[method] = originals[i]!
    process.emitWarning = emitWarning
  }
}
