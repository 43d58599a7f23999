/** What a server takes of its clients. */
export interface ServerLimits {
  /** Of one image file. */
  readonly imageBytes: number
  /** Of a whole request. */
  readonly requestBytes: number
  readonly imagesPerRequest: number
  /** Of one image, decoded. */
  readonly pixels: number
  /** In all requests together, before others are turned away. */
  readonly waitingImages: number
  /** Of the bodies of all requests together, likewise. */
  readonly waitingBytes: number
  /** For a request to arrive, headers and body; when the server stops, also for what arrives still. */
  readonly requestMs: number
}

export const defaultLimits: ServerLimits = {
  imageBytes: 16 * 2 ** 20,
  requestBytes: 64 * 2 ** 20,
  imagesPerRequest: 64,
  pixels: 2 ** 25,
  waitingImages: 1024,
  waitingBytes: 256 * 2 ** 20,
  requestMs: 30_000,
}
