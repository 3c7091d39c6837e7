import { z } from 'zod'
import { type StaffEvent, HOWS } from '../../schemas/alert.ts'
import { FollowUpKind } from '../../schemas/follow-up.ts'
import type { Millis } from '../../schemas/time.ts'
import { STAFF_OUTCOMES } from '../core/closing.ts'
import { DAY, HOUR, MINUTE, fromLocal, nextLocal } from '../core/time.ts'
import type { NewFollowUp } from '../store/follow-ups.ts'

/** Who sends a form, when, and in which zone the times in it are. */
export type Sender = { readonly by: string; readonly now: Millis; readonly zone: string }

/** The acts that have a form of their own. */
export type ActName = StaffEvent['type']

/** What a form asks for; null: it lacks something, or says what it cannot. */
export function eventOf(act: string, form: object, sender: Sender): StaffEvent | null {
  const read = isAct(act) ? READ[act] : null
  return read ? read(form, sender) : null
}

/** The key under which a form is sent: pressed twice, it is one press. A form without is none of ours, and counts each time. */
export function keyFor(form: object): string {
  const found = z.object({ key: z.uuid() }).safeParse(form)
  return found.success ? found.data.key : crypto.randomUUID()
}

/** What shall be done after the outcome, as ticked on its form; null: it is ticked, and lacks its date or who sees to it. */
export function followUpsOf(form: object): NewFollowUp[] | null {
  if (!('follow' in form)) return []
  const found = FollowUpForm.safeParse(form)
  if (!found.success) return null
  const { follow, due, coordinator, 'follow-note': note } = found.data
  return follow.map((kind) => ({ kind, due, coordinator, note }))
}

function isAct(name: string): name is ActName {
  return Object.hasOwn(READ, name)
}

const text = z.string().trim().min(1).max(500)
const minutes = z.coerce.number().int().min(1).max(240)
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .transform((given) => {
    const [hours, rest] = given.split(':').map(Number)
    return (hours ?? 0) * HOUR + (rest ?? 0) * MINUTE
  })
// A browser counts a new line as one letter of what may be written, and sends two.
const lines = z
  .string()
  .transform((given) => given.replaceAll('\r\n', '\n').trim())
  .pipe(z.string().max(2000))
const empty = z.literal('').transform(() => undefined)
const list = <Item extends z.ZodType>(item: Item) =>
  z.union([z.array(item), item.transform((one) => [one])])

const FollowUpForm = z.object({
  follow: list(FollowUpKind),
  due: z.iso.date(),
  coordinator: z.string().min(1),
  'follow-note': z.string().max(500).default(''),
})

const OutcomeForm = z.object({
  outcome: z.enum(STAFF_OUTCOMES),
  note: lines.default(''),
  how: z.enum(HOWS).or(empty).optional(),
  happened: z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/)
    .or(empty)
    .optional(),
  who: z.string().trim().max(200).or(empty).optional(),
})

type Read = (form: object, sender: Sender) => StaffEvent | null

const READ: Readonly<Record<ActName, Read>> = {
  acknowledge: plain('acknowledge'),
  'take-over': plain('take-over'),
  decline: plain('decline'),
  accept: plain('accept'),
  refuse: plain('refuse'),
  arrive: plain('arrive'),
  leave: plain('leave'),
  replan: plain('replan'),
  escalate: from(
    z.object({ generation: z.coerce.number(), loop: z.coerce.number(), step: z.coerce.number() }),
    (asOf, { by }) => ({ type: 'escalate', by, asOf }),
  ),
  note: from(z.object({ text: text.max(2000) }), (given, { by }) => ({
    type: 'note',
    by,
    ...given,
  })),
  // Put off only by whoever has spoken with somebody: the box says so.
  defer: from(
    z.object({ minutes, reason: text, contact: z.literal('yes') }),
    (given, { by, now }) => ({
      type: 'defer',
      by,
      until: now + given.minutes * MINUTE,
      reason: given.reason,
    }),
  ),
  'start-visit': from(
    z.object({ minutes, companion: z.string().default('') }),
    (given, { by, now }) => ({
      type: 'start-visit',
      by,
      companion: given.companion || null,
      until: now + given.minutes * MINUTE,
    }),
  ),
  'check-in': from(z.object({ minutes }), (given, { by, now }) => ({
    type: 'check-in',
    by,
    until: now + given.minutes * MINUTE,
  })),
  offer: from(z.object({ to: z.string().min(1), until: timeOfDay }), (given, sender) => ({
    type: 'offer',
    by: sender.by,
    to: given.to,
    until: nextLocal(sender.now, given.until, sender.zone),
  })),
  reassign: from(z.object({ to: z.string().min(1) }), ({ to }, { by }) => ({
    type: 'reassign',
    by,
    to,
  })),
  cancel: from(z.object({ reason: text }), ({ reason }, { by }) => ({
    type: 'cancel',
    by,
    reason,
  })),
  outcome: from(OutcomeForm, outcomeOf),
}

function plain(
  type: Exclude<
    ActName,
    | 'escalate'
    | 'note'
    | 'defer'
    | 'start-visit'
    | 'check-in'
    | 'offer'
    | 'reassign'
    | 'cancel'
    | 'outcome'
  >,
): Read {
  return (_, { by }) => ({ type, by })
}

function from<Form>(
  schema: z.ZodType<Form>,
  build: (form: Form, sender: Sender) => StaffEvent | null,
): Read {
  return (form, sender) => {
    const found = schema.safeParse(form)
    return found.success ? build(found.data, sender) : null
  }
}

function outcomeOf(
  { outcome, note, how, happened, who }: z.infer<typeof OutcomeForm>,
  { by, now, zone }: Sender,
): StaffEvent | null {
  const at = happened === undefined ? undefined : fromLocal(Date.parse(`${happened}Z`), zone)
  // Nothing ends before it has happened, and nobody means a year that a slip of the thumb has made.
  if (at !== undefined && (at > now + MINUTE || at < now - 400 * DAY)) return null
  return {
    type: 'outcome',
    by,
    outcome,
    note,
    ...(how !== undefined && { how }),
    ...(at !== undefined && { happened: at }),
    ...(who !== undefined && { who }),
  }
}
