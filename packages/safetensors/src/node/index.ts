export { readSafetensorsFile } from './read-safetensors-file.ts'
export { writeSafetensorsFile } from './write-safetensors-file.ts'
export { openSafetensorsFile, type OpenSafetensors } from './open-safetensors-file.ts'
