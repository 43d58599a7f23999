// The inner loops of exact search, in AssemblyScript: `pnpm run build-kernel` compiles them into src/search/generated/kernel.ts.
// Pointers are byte offsets into the memory that the host gives; it keeps the regions apart.
export { floatDots, integerDots } from './dots'
export { squaredDistances } from './distances'
export { encode, subtract } from './encode'
export { kthSmallest, select, upperBounds } from './select'
export { narrow, transpose } from './transpose'
