import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Message } from '../../schemas/message.ts'
import { GRADES } from '../../schemas/signal.ts'
import { capChannel, capDocument } from '../../services/alerts/cap.ts'
import { openAsk } from '../../services/alerts/http.ts'
import { openFake } from './fake.ts'
import { MESSAGE } from './words.ts'

const ABOUT = {
  sender: 'anbu@gasang-gu.example',
  timeZone: 'Asia/Seoul',
  to: 'room-1',
  identifier: 'delivery_1',
  ttl: 180_000,
}
const OWN = new URL('cap-1.2.xsd', import.meta.url)
// OASIS gives its schema to everybody, but it is not ours to hand on: https://docs.oasis-open.org/emergency/cap/v1.2/
const OASIS = process.env['ANBU_CAP_SCHEMA'] ?? '../shared/data/CAP-v1.2.xsd'
const hasOasis = existsSync(OASIS)

let own: XsdValidator
let oasis: XsdValidator | null = null

async function openSchema(file: string | URL): Promise<XsdValidator> {
  return XsdValidator.fromDoc(XmlDocument.fromBuffer(await readFile(file)))
}

beforeAll(async () => {
  own = await openSchema(OWN)
  oasis = hasOasis ? await openSchema(OASIS) : null
  return () => {
    own.dispose()
    oasis?.dispose()
  }
})

function holds(schema: XsdValidator, text: string): void {
  const parsed = XmlDocument.fromString(text)
  try {
    schema.validate(parsed)
  } finally {
    parsed.dispose()
  }
}

/** Fails where a document breaks a rule of ours, or of OASIS's where its schema is at hand. */
function validate(text: string): void {
  holds(own, text)
  if (oasis) holds(oasis, text)
}

function isHeld(schema: XsdValidator, text: string): boolean {
  try {
    holds(schema, text)
    return true
  } catch {
    return false
  }
}

/** A document in which one element is left out, doubled, moved to the end of its like, renamed, or says something else. */
const bent = fc
  .record({
    at: fc.nat(60),
    how: fc.nat(4),
    value: fc.constantFrom('', 'Severe', 'x y', '1', 'Z', 'Private'),
  })
  .map(({ at, how, value }) => {
    const leaves = [...capDocument(MESSAGE, ABOUT).matchAll(/<(\w+)>([^<]*)<\/\1>/g)]
    const leaf = leaves[at % leaves.length]
    const text = capDocument(MESSAGE, ABOUT)
    if (!leaf) return text
    const [whole, name = ''] = leaf
    const into = ['', whole + whole, `<${name}x>${value}</${name}x>`, `<${name}>${value}</${name}>`]
    if (how < 4) return text.replace(whole, into[how] ?? '')
    return text.replace(whole, '').replace('</alert>', `${whole}</alert>`)
  })

describe('a CAP document', () => {
  test('says what is asked of a control room, to it alone, and nothing about anybody', () => {
    const text = capDocument(MESSAGE, ABOUT)
    validate(text)
    expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>delivery_1</identifier><sender>anbu@gasang-gu.example</sender><sent>2026-03-02T09:00:00+09:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Private</scope><addresses>room-1</addresses><incidents>anbu-7</incidents><info><language>ko-KR</language><category>Health</category><event>위험</event><responseType>Assess</responseType><urgency>Immediate</urgency><severity>Severe</severity><certainty>Likely</certainty><expires>2026-03-02T09:03:00+09:00</expires><headline>[안부] 위험 Danger: 가상동 3호 (가상동)</headline><description>26시간 동안 움직임이 없습니다.</description><instruction>전화로 안부를 확인해 주세요.</instruction><web>https://anbu.example/alerts/7</web><parameter><valueName>alert</valueName><value>7</value></parameter><area><areaDesc>가상동 3호 (가상동)</areaDesc></area></info></alert>
`)
  })

  test('keeps the rules of the standard whatever is said, wherever and whenever', () => {
    const words = fc.string({ unit: 'binary', minLength: 1 })
    const about = fc.record({
      to: fc.string({ minLength: 1, unit: 'grapheme-ascii' }),
      timeZone: fc.constantFrom(
        'Asia/Seoul',
        'America/St_Johns',
        'Pacific/Apia',
        'Asia/Kathmandu',
        'UTC',
      ),
      ttl: fc.nat(86_400_000),
    })
    fc.assert(
      fc.property(
        words,
        words,
        fc.constantFrom(...GRADES),
        fc.boolean(),
        fc.nat(4_000_000_000_000),
        about,
        (why, where, grade, exercise, at, rest) => {
          const message: Message = {
            ...MESSAGE,
            why,
            where,
            what: `위험 ${why}`,
            grade,
            exercise,
            at,
          }
          const text = capDocument(message, { ...ABOUT, ...rest })
          validate(text)
          expect(text).toContain('<scope>Private</scope><addresses>')
          expect(text).toContain(`<status>${exercise ? 'Exercise' : 'Actual'}</status>`)
        },
      ),
      { numRuns: 300 },
    )
  })

  test.skipIf(!hasOasis)(
    'that OASIS refuses is refused by our rules too (absent: set ANBU_CAP_SCHEMA to CAP-v1.2.xsd)',
    () => {
      const seen = { refused: 0, both: 0 }
      fc.assert(
        fc.property(bent, (text) => {
          if (!oasis || isHeld(oasis, text)) return
          seen.refused += 1
          seen.both += Number(!isHeld(own, text))
        }),
        { numRuns: 500 },
      )
      expect(seen.refused).toBeGreaterThan(100)
      expect(seen.both).toBe(seen.refused)
    },
  )

  test.for([
    ['a time without an offset', /\+09:00<\/sent>/, 'Z</sent>'],
    ['no addressee', /<addresses>.*<\/addresses>/, '<addresses></addresses>'],
    ['an unknown severity', '>Severe<', '>Grave<'],
    ['another order', /(<sender>.*<\/sender>)(<sent>.*<\/sent>)/, '$2$1'],
    ['a comma in its name', 'delivery_1', 'a,b'],
  ] as const)('with %s is none', ([, from, to]) => {
    expect(isHeld(own, capDocument(MESSAGE, ABOUT).replace(from, to))).toBe(false)
  })

  test.for([
    ['ok', { kind: 'accepted', providerId: null }],
    [{ status: 404 }, { kind: 'permanent', fault: 'address' }],
    [
      { status: 503, headers: { 'retry-after': '9' } },
      { kind: 'temporary', retryAfter: 9000 },
    ],
    ['lost', { kind: 'unknown' }],
  ] as const)('that is answered %j is %j', async ([manner, result]) => {
    await using fake = await openFake(() => ({ status: 202 }))
    fake.answer(manner)
    const send = capChannel(ABOUT, openAsk({ total: 1500 }), Date.now)
    const to = { person: 'room-1', address: fake.url, ttl: 180_000, lastResort: false }
    expect(await send(MESSAGE, to, 'delivery_1')).toMatchObject(result)
    const came = await fake.take()
    expect(came.headers['content-type']).toBe('application/cap+xml; charset=utf-8')
    expect(came.body.toString()).toBe(capDocument(MESSAGE, ABOUT))
  })
})
