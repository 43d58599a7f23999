export type KernelName = 'kernel' | 'relaxed-kernel'
export const kernels: Record<KernelName, readonly string[]>
export function compileKernel(name: KernelName): Promise<Uint8Array>
export function kernelModule(name: KernelName, bytes: Uint8Array): string
