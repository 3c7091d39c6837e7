import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type pg from 'pg'
import { z } from 'zod'
import type { Millis } from '../../schemas/time.ts'
import { type Db, instant, query, transaction } from './pool.ts'

/** Who lives in a home. Kept sealed; shown only to somebody who asks, and that is recorded. */
export const Resident = z.object({
  name: z.string().min(1).max(64),
  address: z.string().max(200).nullable(),
  phone: z.string().max(32).nullable(),
})
export type Resident = z.infer<typeof Resident>

// A sealed resident: one byte of format, the nonce, the tag, the text. A later cipher gets a later number.
const FORMAT = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES

/**
 * Seals a resident with AES-256-GCM (NIST SP 800-38D) under a key derived by HKDF (RFC 5869) from `namesKey`.
 * The household's pseudonym is authenticated with it, so a row copied to another home does not open there.
 */
export function sealResident(namesKey: string, household: string, resident: Resident): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', cipherKey(namesKey), nonce)
  cipher.setAAD(Buffer.from(household))
  const text = Buffer.concat([cipher.update(JSON.stringify(resident), 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.of(FORMAT), nonce, cipher.getAuthTag(), text])
}

/** Opens what `sealResident` made. Throws, saying which home, when the key is another one or the row was changed. */
export function openResident(namesKey: string, household: string, sealed: Buffer): Resident {
  try {
    if (sealed[0] !== FORMAT) throw new Error(`format ${sealed[0]} is not known`)
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', cipherKey(namesKey), nonce, {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(household))
    decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEAD_BYTES))
    const text = Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()])
    return Resident.parse(JSON.parse(text.toString('utf8')))
  } catch (cause) {
    throw new Error(
      `who lives in ${household} cannot be opened: ANBU_NAMES_KEY is not the key it was sealed with, or the row was changed`,
      { cause },
    )
  }
}

function cipherKey(namesKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', namesKey, '', 'anbu: names of residents', 32))
}

/** Keeps who lives in a home, sealed; an earlier entry is replaced. The household must exist. */
export async function saveResident(
  db: Db,
  namesKey: string,
  household: string,
  resident: Resident,
): Promise<void> {
  const sealed = sealResident(namesKey, household, Resident.parse(resident))
  const saved = await db.query(
    `insert into resident (household_id, sealed) select id, $2 from household where household = $1 and purpose <> 'past'
     on conflict (household_id) do update set sealed = excluded.sealed`,
    [household, sealed],
  )
  if (saved.rowCount === 0) throw new Error(`resident: there is no household ${household}`)
}

/** Who looks at which home's resident, and with which key. */
export type Look = {
  readonly namesKey: string
  readonly household: string
  readonly person: string
}

/**
 * Opens who lives in a home and records who looked, in one transaction: nobody sees a name without a row.
 * Null when nothing is kept of that home; then nothing was seen and nothing is recorded.
 */
export function lookAtResident(pool: pg.Pool, look: Look, now: Millis): Promise<Resident | null> {
  return transaction(pool, async (db) => {
    const sealed = await recordLook(db, look, now)
    return sealed && openResident(look.namesKey, look.household, sealed)
  })
}

async function recordLook(db: Db, look: Look, now: Millis): Promise<Buffer | null> {
  const rows = await query(
    db,
    z.object({ sealed: z.instanceof(Buffer) }),
    `with kept as (
       select r.household_id, r.sealed from resident r
       join household h on h.id = r.household_id where h.household = $1
     ), looked as (
       insert into resident_look (household_id, person, at) select household_id, $2, $3 from kept
     )
     select sealed from kept`,
    [look.household, look.person, instant(now)],
  )
  return rows[0]?.sealed ?? null
}
