export { readSafetensors, type Safetensors } from './read-safetensors.ts'
export { writeSafetensors, type WritableTensors } from './write-safetensors.ts'
export { encodeHeader, type TensorType } from './encode-header.ts'
export {
  describeSafetensors,
  type DescribeOptions,
  type SafetensorsDescription,
  type TensorDescription,
} from './describe-safetensors.ts'
export { decodeElements } from './decode-elements.ts'
export { elementSize } from './element-size.ts'
export { SafetensorsError, type SafetensorsDefect } from './safetensors-error.ts'
