import { html } from 'hono/html'
import { machineAt } from '../core/power.ts'
import type { HomeDevice, HomeGateway } from '../store/cases.ts'
import { icon } from './icons.ts'
import type { Html } from './page.ts'
import { type View, ago, moment } from './view.ts'

/** The sensors of a home with their last sign of life, the most recent first. `restless`: the one of which an alert says so. */
export function deviceList(
  view: View,
  devices: readonly HomeDevice[],
  zone: string,
  restless?: string,
): Html {
  const { t } = view
  if (devices.length === 0) return html`<p class="quiet">${t.home.noDevices}</p>`
  return html`<ul class="devices">
    ${devices.map(
      (device) =>
        html`<li class="${device.lostSince === null ? '' : 'lost-device'}">
          <b>${device.room} ${t.reading[device.kind]}</b>
          ${device.uid === restless && html`<span class="bad">${icon('sensor')}${t.home.restlessSensor}</span>`}
          ${device.spokeLast !== null && html`<span class="tag">${t.home.spokeLast(moment(device.spokeLast, view, zone))}</span>`}
          <span>${lastSeen(view, device.lastSeen, zone)}</span>
          ${fault(view, device, zone)}
          ${device.battery !== null && html`<span class="${device.battery <= LOW_BATTERY ? 'bad' : 'quiet'}">${t.home.battery(Math.round(device.battery))}</span>`}
          ${trust(view, device)} ${machine(view, device, zone)}
        </li>`,
    )}
  </ul>`
}

function fault(view: View, { stuck, lostSince, lastSeen: last }: HomeDevice, zone: string): Html {
  const { t } = view
  const at = (when: number) => moment(when, view, zone)
  if (stuck !== null)
    return html`<span class="bad"
      >${icon('sensor')}${t.home.stuck(at(stuck.since), Math.round(stuck.value))}</span
    >`
  if (lostSince === null) return html``
  return html`<span class="bad">${icon('sensor')}${t.home.lost(at(last ?? lostSince))}</span>`
}

// How far a sensor is believed when it goes on alone: of those that are, nothing need be said.
function trust({ t }: View, { reliability }: HomeDevice): Html {
  if (reliability === null || reliability >= BELIEVED) return html``
  return html`<span class="bad"
    >${icon('sensor')}${t.home.trust(Math.round(100 * reliability))}</span
  >`
}

const BELIEVED = 0.9

// A plug that was moved shows here what it has not forgotten yet.
function machine(view: View, { machines }: HomeDevice, zone: string): Html {
  const found = machineAt(machines, view.now)
  if (found === null) return html``
  const until = moment(found.until, view, zone)
  return html`<span class="quiet">${view.t.home.machine(Math.round(found.watts), until)}</span>`
}

/** The gateways of a home and when each was last heard. */
export function gatewayList(view: View, gateways: readonly HomeGateway[], zone: string): Html {
  const { t } = view
  return html`<ul class="devices">
    ${gateways.map((gateway) => {
      const gone = gateway.lostSince ?? gateway.offlineSince
      return html`<li class="${gone === null ? '' : 'lost-device'}">
        <b>${t.home.gateway} ${gateway.gateway}</b>
        <span>${lastSeen(view, gateway.lastSeen, zone)}</span>
        ${gone !== null && html`<span class="bad">${icon('blind')}${t.home.lost(moment(gateway.lastSeen ?? gone, view, zone))}</span>`}
      </li>`
    })}
  </ul>`
}

const LOW_BATTERY = 15

function lastSeen(view: View, at: number | null, zone: string): string {
  if (at === null) return view.t.time.never
  return `${moment(at, view, zone)} (${ago(at, view)})`
}
