import { Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { Channel } from '../../schemas/channel.ts'
import { addressOf, channelWord } from '../core/contact.ts'
import {
  addSubscription,
  devicesOf,
  type PushDevice,
  removeDevice,
  Subscription,
} from '../store/subscriptions.ts'
import type { ConsoleEnv, ConsoleOptions } from './env.ts'
import { type Html, page } from './page.ts'
import { type View, moment } from './view.ts'

/** /reach: how whoever has signed in is told, and their devices for push messages. */
export function reachRoutes({ pool, pushKey }: ConsoleOptions): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>()

  app.get('/reach', async (c) => {
    const { view } = c.var
    const main = reachPage(view, pushKey, await devicesOf(pool, view.person.person))
    return c.html(page(view, { title: view.t.reach.title, here: null, main }))
  })

  app.post('/reach/devices', async (c) => {
    const { person, now } = c.var.view
    const given = Registered.safeParse(await c.req.json().catch(() => null))
    if (!given.success) return c.body(null, 400)
    const { device, ...subscription } = given.data
    await addSubscription(pool, person.person, subscription, device, now)
    return c.body(null, 204)
  })

  app.post('/reach/devices/:id{[0-9]{1,15}}/remove', async (c) => {
    await removeDevice(pool, c.var.view.person.person, Number(c.req.param('id')))
    return c.redirect('/reach', 303)
  })
  return app
}

const Registered = Subscription.extend({ device: z.string().max(60).default('') })

function reachPage(view: View, pushKey: string | null, devices: readonly PushDevice[]): Html {
  return html`<h1>${view.t.reach.title}</h1>
    ${waysPart(view)} ${pushPart(view, pushKey, devices)}
    <script type="module" src="/assets/push.js"></script>`
}

function waysPart(view: View): Html {
  const { t, lang, person } = view
  const ways = Channel.options.filter((channel) => channel !== 'push')
  return html`<section class="stack">
    <h2>${t.reach.ways}</h2>
    <ul class="plain-list">
      ${ways.map(
        (channel) =>
          html`<li>
            <b>${channelWord(channel, lang)}</b>
            <span class="quiet">${masked(addressOf(person, channel)) ?? t.reach.none}</span>
          </li>`,
      )}
    </ul>
    <p class="quiet">${t.reach.note}</p>
  </section>`
}

function pushPart(view: View, pushKey: string | null, devices: readonly PushDevice[]): Html {
  const t = view.t.reach
  return html`<section
    class="stack"
    id="push"
    data-key="${pushKey ?? ''}"
    data-unable="${t.unable}"
    data-denied="${t.denied}"
    data-failed="${t.failed}"
  >
    <h2>${t.devices}</h2>
    ${devices.length === 0 && html`<p class="quiet">${t.noDevices}</p>`}
    <ul class="plain-list">
      ${devices.map((device) => deviceRow(view, device))}
    </ul>
    <p id="push-said" role="status"></p>
    <p><button class="do" id="register" hidden>${t.register}</button></p>
    <p class="quiet">${t.night}</p>
    <h3>${t.ios}</h3>
    <p>${t.iosNote}</p>
  </section>`
}

function deviceRow(view: View, { id, device, added, shown }: PushDevice): Html {
  const { t } = view
  const last = shown === null ? t.time.never : moment(shown, view, view.zone)
  return html`<li>
    <b>${device || t.reach.device}</b>
    <span class="quiet"
      >${t.reach.added} ${moment(added, view, view.zone)} · ${t.reach.shown} ${last}</span
    >
    <form method="post" action="/reach/devices/${id}/remove" data-once>
      <button class="plain" aria-label="${t.reach.remove}, ${device}">${t.reach.remove}</button>
    </form>
  </li>`
}

// Whoever looks over a shoulder learns that there is one, and its owner knows which. Addresses of the web are secrets.
function masked(address: string | null): string | null {
  if (address === null) return null
  if (URL.canParse(address)) return `${new URL(address).host}/…`
  return address.includes('@') ? address.replace(/^(..?)[^@]*/, '$1…') : `…${address.slice(-4)}`
}
