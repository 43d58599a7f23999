import { InvalidFileError } from '@mode-ood/core'
import { restoreScore, type Detector } from '@mode-ood/detector'
import { openDetector } from '@mode-ood/detector/node'
import { importScore } from '@mode-ood/evaluate'

/**
 * Opens a detector; a score of one's own that lies in it is imported, that is, its code runs.
 *
 * @param name what messages call the directory.
 * @throws InvalidFileError when the module cannot be loaded from there: it must be one file.
 */
export function openSavedDetector(
  directory: string,
  threads: number | null,
  name: string = directory,
): Promise<Detector> {
  return openDetector(directory, {
    ...(threads !== null && { threads }),
    async score(recipe, module) {
      if (module === null) return restoreScore(recipe)
      try {
        return (await importScore(module))({ ...recipe.options })
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        throw new InvalidFileError(name, `its score must be one file that stands alone: ${reason}`, {
          cause: error,
        })
      }
    },
  })
}
