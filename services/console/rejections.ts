import { html } from 'hono/html'
import type { RefusalCount, RefusalSample, Unassigned } from '../store/refusals.ts'
import type { Html } from './page.ts'
import { table } from './table.ts'
import { type View, moment } from './view.ts'

/** What was refused and what nobody has assigned. */
export type Refusals = {
  readonly counts: readonly RefusalCount[]
  readonly samples: readonly RefusalSample[]
  readonly unassigned: readonly Unassigned[]
}

/** The page of what could not be read, was not allowed, or belongs to nobody. */
export function rejectionsPage(view: View, refusals: Refusals): Html {
  const t = view.t.rejections
  return html`<h1>${t.title}</h1>
    <p class="quiet">${t.note}</p>
    <section aria-labelledby="whose">
      <h2 id="whose">${t.unassigned}</h2>
      ${unassigned(view, refusals)}
    </section>
    <section aria-labelledby="counts">
      <h2 id="counts">${t.counts}</h2>
      ${counts(view, refusals)}
    </section>
    <section aria-labelledby="samples">
      <h2 id="samples">${t.samples}</h2>
      ${samples(view, refusals)}
    </section>`
}

function unassigned(view: View, { unassigned: devices }: Refusals): Html {
  const t = view.t.rejections
  if (devices.length === 0) return html`<p class="quiet">${t.noneUnassigned}</p>`
  const rows = devices.map((device) => [
    html`${device.uid}<span class="quiet">${kindOf(view, device)}</span>`,
    device.value,
    moment(device.last, view, view.zone),
    device.readings,
    html`${device.gateway} <a href="/households/${device.household}">${device.alias}</a>`,
  ])
  return html`<p class="quiet">${t.unassignedNote}</p>
    ${table(t.unassigned, [t.device, t.value, t.last, t.readings, t.gateway], rows)}`
}

function kindOf(view: View, { kind }: Unassigned): string {
  return kind === null ? view.t.rejections.unknownKind : view.t.reading[kind]
}

function counts(view: View, { counts: all }: Refusals): Html {
  const t = view.t.rejections
  if (all.length === 0) return html`<p class="quiet">${t.none}</p>`
  const rows = all.map((one) => [
    reasonWord(view, one.reason),
    one.count,
    html`${one.gateway || '–'}${one.household && html` <a href="/households/${one.household}">${one.alias}</a>`}`,
  ])
  return table(t.counts, [t.reason, t.count, t.gateway], rows)
}

// A reason of another version is shown as it was recorded.
function reasonWord({ t }: View, reason: string): string {
  const words: Readonly<Record<string, string>> = t.rejections.reasons
  return words[reason] ?? reason
}

function samples(view: View, { samples: all }: Refusals): Html {
  if (all.length === 0) return html`<p class="quiet">${view.t.rejections.none}</p>`
  return html`<ul class="samples">
    ${all.map((sample) => sampleItem(view, sample))}
  </ul>`
}

const SHOWN = 400

function sampleItem(view: View, sample: RefusalSample): Html {
  return html`<li>
    <p>
      <b>${reasonWord(view, sample.reason)}</b> · ${sample.gateway} ·
      ${moment(sample.at, view, view.zone)}
    </p>
    <p class="quiet">${sample.topic}</p>
    <p>${sample.detail}</p>
    <pre>${legible(sample.payload)}</pre>
    <p class="quiet">${view.t.rejections.bytes(sample.payload.length)}</p>
  </li>`
}

// Whatever bytes came: as text where they are text, and never as something that moves the text around it.
function legible(payload: Buffer): string {
  return new TextDecoder()
    .decode(payload)
    .slice(0, SHOWN)
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => (character === '\n' ? character : '\uFFFD'))
}
