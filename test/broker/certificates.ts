import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const PROGRAM = 'openssl'

/** Whether this machine can make certificates. */
export const openssl: boolean = answers()

function answers(): boolean {
  try {
    execFileSync(PROGRAM, ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A certificate and its key: paths of PEM files. */
export type Pair = { readonly cert: string; readonly key: string }

/** A folder with an authority of its own, which vanishes when disposed of. */
export type Authority = AsyncDisposable & {
  readonly folder: string
  /** The certificate of the authority. */
  readonly ca: string
  /** Makes a certificate for a common name; for a server it is also that of 127.0.0.1. */
  issue(name: string, commonName: string): Promise<Pair>
}

/** Opens an authority that nobody else knows. */
export async function openAuthority(): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'anbu-tls-'))
  const path = (name: string) => join(folder, name)
  const [ca, caKey] = [path('ca.pem'), path('ca.key')]
  await run(`${NEW} -days 2`, ['-subj', '/CN=made-up authority', '-keyout', caKey, '-out', ca])
  return {
    folder,
    ca,
    async issue(name, commonName) {
      const pair = { cert: path(`${name}.pem`), key: path(`${name}.key`) }
      const subject = ['-subj', `/CN=${commonName}`, '-addext', 'subjectAltName=IP:127.0.0.1']
      const leaf = ['-addext', 'basicConstraints=critical,CA:FALSE', '-CA', ca, '-CAkey', caKey]
      await run(`${NEW} -days 2`, [...subject, ...leaf, '-keyout', pair.key, '-out', pair.cert])
      return pair
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

const NEW = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'

async function run(command: string, more: readonly string[]): Promise<void> {
  await promisify(execFile)(PROGRAM, [...command.split(' '), ...more])
}
