/** The name of what the optimiser remembers of a tensor or variable: in state dicts and as an input of a step. */
export function velocityName(name: string): string {
  return `velocity.${name}`
}

/** The name of the output that holds what a variable or a velocity is after the step. */
export function nextName(name: string): string {
  return `next.${name}`
}

/** The name of the output, or of the optimiser's input, that holds the gradient of a variable. */
export function gradientName(name: string): string {
  return `gradient.${name}`
}
