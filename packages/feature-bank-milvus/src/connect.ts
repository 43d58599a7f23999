import { ModeOodError } from '@mode-ood/core'
import type { MilvusClient } from '@zilliz/milvus2-sdk-node'

/** How to reach a Milvus. */
export interface Address {
  readonly address: string
  readonly token?: string | undefined
  readonly database?: string | undefined
  readonly timeoutMs: number
}

/**
 * A client that leaves trying again to the driver, which knows what can be repeated.
 *
 * @throws ModeOodError saying what to install where the SDK is missing.
 */
export async function connect({ address, token, database, timeoutMs }: Address): Promise<MilvusClient> {
  const sdk = await import('@zilliz/milvus2-sdk-node').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ERR_MODULE_NOT_FOUND') throw cause
    const name = '@zilliz/milvus2-sdk-node'
    throw new ModeOodError(`a bank in Milvus needs the package ${name}: npm install ${name}`, { cause })
  })
  const client = new sdk.MilvusClient({
    address,
    timeout: timeoutMs,
    maxRetries: 0,
    logLevel: 'error',
    ...(token === undefined ? {} : { token }),
    ...(database === undefined ? {} : { database }),
  })
  // Failing to connect shows in the first call as well, which is tried again.
  client.connectPromise.catch(() => {})
  return client
}
