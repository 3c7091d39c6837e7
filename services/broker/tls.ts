import { readFile } from 'node:fs/promises'
import { unwatchFile, watchFile } from 'node:fs'
import { TLSSocket, type SecureContextOptions, createSecureContext } from 'node:tls'
import type { Logger } from 'pino'
import type { Certificate } from './credentials.ts'

/** Where the certificate, its key and, if gateways may show certificates, their authority stand (PEM files). */
export type TlsFiles = {
  readonly cert: string
  readonly key: string
  readonly clientCa: string | null
}

/** What a server with TLS is made of. */
export type TlsKeys = Pick<SecureContextOptions, 'cert' | 'key' | 'ca' | 'minVersion'>

// Certificates are renewed by replacing files or links, sometimes on a volume that reports no change: so we look.
const LOOK_EVERY = 2000

/** Reads the files. Throws when they are not there, or do not belong together. */
export async function readTls(files: TlsFiles): Promise<TlsKeys> {
  try {
    const [cert, key, ca] = await Promise.all([
      readFile(files.cert),
      readFile(files.key),
      files.clientCa === null ? undefined : readFile(files.clientCa),
    ])
    const keys: TlsKeys = { cert, key, ...(ca && { ca }), minVersion: 'TLSv1.2' }
    createSecureContext(keys)
    return keys
  } catch (error) {
    throw new Error(`cannot use the certificate ${files.cert} with ${files.key}`, { cause: error })
  }
}

/**
 * Reads the files again whenever one changes, for new connections. While they do not belong together, as between
 * the replacing of the one and the other, the old ones stay in use.
 */
export function watchTls(files: TlsFiles, log: Logger, use: (keys: TlsKeys) => void): Disposable {
  const paths = [files.cert, files.key, files.clientCa].filter((path) => path !== null)
  const reload = async () => {
    try {
      use(await readTls(files))
      log.info({ cert: files.cert }, 'the certificate was read again')
    } catch (error) {
      log.warn({ err: error }, 'the old certificate stays in use')
    }
  }
  const look = () => void reload()
  for (const path of paths) watchFile(path, { interval: LOOK_EVERY, persistent: false }, look)
  return {
    [Symbol.dispose]() {
      for (const path of paths) unwatchFile(path, look)
    },
  }
}

/** The certificate that a client has shown: its common name is the gateway. Null: it has shown none. */
export function certificateOf(socket: object): Certificate | null {
  if (!(socket instanceof TLSSocket)) return null
  const shown = socket.getPeerCertificate()
  // Without a certificate the object is empty, whatever its type says.
  if (!('subject' in shown)) return null
  if (!socket.authorized) return { fault: `not valid here: ${String(socket.authorizationError)}` }
  const name: unknown = shown.subject.CN
  return typeof name === 'string' ? { gateway: name } : { fault: 'it needs one common name' }
}
