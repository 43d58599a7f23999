/**
 * Writes the vectors of a saved bank as one NumPy file, float32 [size, dimension] (Node only): `numpy.load(file,
 * mmap_mode='r')` reads it. A few megabytes of memory are used, however large the bank; the file appears whole or not at all.
 *
 * @throws InvalidFileError when the bank is missing, torn or foreign, or the file cannot be written.
 *
 * @example
 * await bank.save('bank')
 * await exportNpy('bank', 'bank.npy')
 */
export async function exportNpy(directory: string, file: string): Promise<void> {
  const { writeNpy } = await import('./node/write-npy.ts')
  await writeNpy(directory, file)
}
