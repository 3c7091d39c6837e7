import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Environment } from '../../schemas/environment.ts'

/** The keys that an installation must keep. */
export const Secrets = z.object({
  sessionKey: z.string(),
  namesKey: z.string(),
  webhookSecret: z.string(),
})
export type Secrets = z.infer<typeof Secrets>

/**
 * The keys from the environment; what is not set there is made once and kept in `secrets.json` of the data
 * directory, readable by its owner only. Several machines need the same keys: set them in the environment.
 */
export async function loadSecrets(env: Environment, dataDir: string): Promise<Secrets> {
  const set = {
    sessionKey: env.ANBU_SESSION_KEY,
    namesKey: env.ANBU_NAMES_KEY,
    webhookSecret: env.ANBU_WEBHOOK_SECRET,
  }
  const complete = Secrets.safeParse(set)
  if (complete.success) return complete.data
  const kept = await keep(dataDir)
  return Secrets.parse({
    sessionKey: set.sessionKey ?? kept.sessionKey,
    namesKey: set.namesKey ?? kept.namesKey,
    webhookSecret: set.webhookSecret ?? kept.webhookSecret,
  })
}

async function keep(dataDir: string): Promise<Secrets> {
  await mkdir(dataDir, { recursive: true })
  const path = join(dataDir, 'secrets.json')
  const fresh: Secrets = {
    sessionKey: random(),
    namesKey: random(),
    webhookSecret: `whsec_${random()}`,
  }
  try {
    // wx: whoever is first makes them, everybody else reads.
    await using file = await open(path, 'wx', 0o600)
    await file.writeFile(JSON.stringify(fresh))
    return fresh
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    return Secrets.parse(JSON.parse(await readFile(path, 'utf8')))
  }
}

const random = () => randomBytes(32).toString('base64')
