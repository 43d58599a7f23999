/**
 * Half a cosine from 1 down to `final` while `progress` goes from 0 to 1 (Loshchilov & Hutter, ICLR 2017).
 *
 * @example cosine(0.5, 0) // 0.5
 */
export function cosine(progress: number, final: number): number {
  return final + ((1 - final) * (1 + Math.cos(Math.PI * progress))) / 2
}
