/** Whether a string can be written as UTF-8: it holds no half of a surrogate pair without the other. */
export function isUnicode(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}
