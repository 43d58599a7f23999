import { register } from 'node:module'

let registered = false

/**
 * Lets a score module that lies anywhere import `@mode-ood/…` and `zod`: where its own folder does not provide them, they
 * are looked up beside this program.
 */
export function resolveOwnPackages(): void {
  if (registered) return
  registered = true
  register(new URL('data:text/javascript,' + encodeURIComponent(hook)), {
    parentURL: import.meta.url,
    data: import.meta.url,
  })
}

// Loader hooks run in a thread of their own and are a module of their own; this one is too short for a file.
const hook = `
let program
export const initialize = (url) => { program = url }
export const resolve = async (specifier, context, next) => {
  try {
    return await next(specifier, context)
  } catch (error) {
    if (!/^(@mode-ood\\/|zod$|zod\\/)/.test(specifier)) throw error
    return next(specifier, { ...context, parentURL: program })
  }
}
`
