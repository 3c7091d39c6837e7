import { html } from 'hono/html'
import type { Html } from './page.ts'
import type { OfficeRoster } from './roster-page.ts'
import type { View } from './view.ts'

/** The form for a leave: everybody can enter their own, a supervisor everybody's. */
export function leaveForm(view: View, { staff }: OfficeRoster): Html {
  const t = view.t.roster
  const own = staff.filter(({ person }) => person === view.person.person)
  const who = view.person.role === 'supervisor' ? staff : own
  return folded(
    t.addLeave,
    html`<form method="post" action="/roster/leaves" class="stack">
      ${people('leave-person', 'person', t.person, who, null)}
      ${day('leave-from', 'from', t.firstDay)} ${day('leave-until', 'until', t.lastDay)}
      ${people('leave-deputy', 'deputy', t.standsIn, staff, t.usual)}
      <label for="leave-reason">${t.reason} <span class="quiet">${t.reasonHelp}</span></label>
      <input id="leave-reason" name="reason" maxlength="200" />
      <button class="do">${t.saveLeave}</button>
    </form>`,
  )
}

/** The form that says who stands in for whom. */
export function deputyForm(view: View, { staff }: OfficeRoster): Html {
  const t = view.t.roster
  const own = staff.filter(({ person }) => person === view.person.person)
  const who = view.person.role === 'supervisor' ? staff : own
  return html`<p class="quiet">${t.deputyNote}</p>
    ${folded(
      t.deputies,
      html`<form method="post" action="/roster/deputies" class="stack">
        ${people('deputy-person', 'person', t.person, who, null)}
        ${people('deputy-deputy', 'deputy', t.standsIn, staff, t.none)}
        <button class="do">${t.saveDeputy}</button>
      </form>`,
    )}`
}

/** The form for a change of a rota. */
export function changeForm(view: View, { staff, rotations }: OfficeRoster): Html {
  const t = view.t.roster
  return folded(
    t.addChange,
    html`<form method="post" action="/roster/changes" class="stack">
      <label for="change-rota">${t.rota}</label>
      <select id="change-rota" name="rotation" required>
        ${rotations.map(({ rotation }) => html`<option value="${rotation}">${rotation}</option>`)}
      </select>
      ${moment('change-from', 'from', t.from)} ${moment('change-until', 'until', t.until)}
      ${people('change-out', 'out', t.out, staff, t.none)}
      ${people('change-in', 'in', t.in, staff, t.none)}
      <button class="do">${t.saveChange}</button>
    </form>`,
  )
}

function folded(title: string, form: Html): Html {
  return html`<details>
    <summary>${title}</summary>
    ${form}
  </details>`
}

function people(
  id: string,
  name: string,
  label: string,
  who: OfficeRoster['staff'],
  nobody: string | null,
): Html {
  return html`<label for="${id}">${label}</label>
    <select id="${id}" name="${name}">
      ${nobody !== null && html`<option value="">${nobody}</option>`}
      ${who.map((one) => html`<option value="${one.person}">${one.name}</option>`)}
    </select>`
}

function day(id: string, name: string, label: string): Html {
  return html`<label for="${id}">${label}</label>
    <input id="${id}" name="${name}" type="date" required />`
}

function moment(id: string, name: string, label: string): Html {
  return html`<label for="${id}">${label}</label>
    <input id="${id}" name="${name}" type="datetime-local" required />`
}
