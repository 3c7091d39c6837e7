// @ts-check
// What a page needs to stay true: it hears that something changed, fetches the parts marked `data-live` anew,
// and says plainly when it hears nothing. Without this script every page and every button still works.

const POLL = 5_000
// A line that breaks for a moment and comes back is not worth a word.
const PATIENCE = 4_000
const SCROLLED = 240
// A press that lasts longer was let go of elsewhere, and whoever has not touched anything for a minute is not writing.
const PRESS = 3_000
const WRITING = 60_000
// A form that was sent has its answer by then, or never.
const SENDING = 10_000

/** @type {HTMLElement[]} */
const parts = Array.from(document.querySelectorAll('[data-live]')).filter(
  (one) => one instanceof HTMLElement,
)

// All in milliseconds of this page's life, but `base`: the service's clock when it was last told.
const line = { heard: 0, brokenSince: 0, asked: 0, answered: 0 }
const time = { base: 0, told: 0 }
const runs = { last: Promise.resolve(), asked: 0 }
const hand = { pressed: -Infinity, used: -Infinity, sent: -Infinity, heldBack: false }

keepClock()
sendOnce()
watchHand()
stayLive()

/** Hears of changes; polls while it hears nothing. */
function stayLive() {
  const banner = document.getElementById('lost')
  if (!banner) return
  const silence = Number(banner.dataset['silence'])
  line.heard = performance.now()
  line.answered = line.heard
  let source = listen()

  setInterval(() => {
    const now = performance.now()
    const broken = line.brokenSince > 0 && now - line.brokenSince > PATIENCE
    banner.hidden = !broken && now - line.heard < silence
    if (banner.hidden) return
    const asOf = banner.querySelector('time')
    if (asOf) asOf.textContent = wallTime(line.answered)
    if (now - line.asked < POLL) return
    if (source.readyState === EventSource.CLOSED) source = listen()
    void refresh(false)
  }, 1_000)
  addEventListener('pagehide', () => source.close())
  document.getElementById('fresh')?.addEventListener('click', () => void refresh(true))
  // A telephone that was in a pocket shows the truth at once when it is taken out.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void refresh(false)
  })
}

/** Knows what somebody does just now; what was held back for it is shown as soon as they have done. */
function watchHand() {
  addEventListener('pointerdown', () => {
    hand.pressed = performance.now()
    hand.used = hand.pressed
  })
  addEventListener('input', () => (hand.used = performance.now()))
  addEventListener('pointerup', letGo)
  addEventListener('pointercancel', letGo)
  document.addEventListener('focusout', showHeldBack)
}

function letGo() {
  hand.pressed = -Infinity
  showHeldBack()
}

function showHeldBack() {
  if (hand.heldBack) void refresh(false)
}

function listen() {
  const source = new EventSource('/events')
  source.addEventListener('beat', heard)
  source.addEventListener('change', heard)
  source.addEventListener('error', () => {
    line.brokenSince ||= performance.now()
  })
  return source
}

function heard() {
  line.heard = performance.now()
  line.brokenSince = 0
  void refresh(false)
}

/** A moment of this page's life by the reader's own clock. @param {number} at */
function wallTime(at) {
  return new Date(performance.timeOrigin + at).toTimeString().slice(0, 8)
}

/** Fetches each live part anew, one run after the other; who asks during a run gets one more. @param {boolean} eager */
function refresh(eager) {
  line.asked = performance.now()
  runs.asked += 1
  const mine = runs.asked
  runs.last = runAfter(runs.last, mine, eager)
  return runs.last
}

/** @param {Promise<void>} last @param {number} mine @param {boolean} eager */
async function runAfter(last, mine, eager) {
  await last
  // Somebody asked after this one: their run will see all that this one would.
  if (mine < runs.asked && !eager) return
  try {
    for (const part of parts) await renew(part, eager)
    line.answered = performance.now()
  } catch {
    // No answer: the banner says since when, and the next poll tries again.
  }
}

/** @param {HTMLElement} part @param {boolean} eager */
async function renew(part, eager) {
  const answer = await fetch(String(part.dataset['live']), { signal: AbortSignal.timeout(10_000) })
  if (answer.status === 401) return location.assign('/login')
  if (!answer.ok) throw new Error(`answer ${answer.status}`)
  const next = document.createElement('template')
  next.innerHTML = await answer.text()
  const fresh = newRows(part, next.content)
  announce(next.content, fresh)
  setClock(next.content)
  const hold =
    part.dataset['hold'] !== undefined && !eager && fresh.length > 0 && scrollY > SCROLLED
  showFresh(hold)
  if (hold) return
  hand.heldBack = isBusy(part)
  if (!hand.heldBack) put(part, next.content)
}

/**
 * Whether somebody presses something just now (what goes away between down and up was not pressed), writes or chooses in a
 * part, or has sent a form. @param {HTMLElement} part
 */
function isBusy(part) {
  const now = performance.now()
  if (now - hand.pressed < PRESS) return true
  const at = document.activeElement
  const writes = at?.matches('textarea, select, input:not([type=checkbox], [type=radio])') ?? false
  const isWriting = writes && part.contains(at) && now - hand.used < WRITING
  return isWriting || now - hand.sent < SENDING
}

/** Puts the new content in, and the focus back where it was. @param {HTMLElement} part @param {DocumentFragment} content */
function put(part, content) {
  const focused = part.contains(document.activeElement) ? document.activeElement?.id : ''
  const drafts = draftsIn(part)
  openAgain(part, content)
  part.replaceChildren(content)
  for (const field of fieldsOf(part)) takeOver(field, drafts.get(placeOf(field)))
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true })
}

/** What was unfolded stays so. @param {HTMLElement} part @param {DocumentFragment} content */
function openAgain(part, content) {
  const open = [...part.querySelectorAll('details[open] > summary')].map((one) => one.textContent)
  for (const summary of content.querySelectorAll('details > summary'))
    if (open.includes(summary.textContent)) summary.parentElement?.setAttribute('open', '')
}

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

/** What somebody has written, chosen or ticked and not sent yet. @param {HTMLElement} part */
function draftsIn(part) {
  return new Map(
    fieldsOf(part)
      .filter(isTouched)
      .map((field) => [placeOf(field), field]),
  )
}

/** @param {Field} field @param {Field | undefined} draft */
function takeOver(field, draft) {
  if (!draft) return
  field.value = draft.value
  if (field instanceof HTMLInputElement && draft instanceof HTMLInputElement)
    field.checked = draft.checked
}

/** @param {HTMLElement} part @returns {Field[]} */
function fieldsOf(part) {
  return [...part.querySelectorAll('input:not([type=hidden]), select, textarea')].filter(isField)
}

/** @param {Element} one @returns {one is Field} */
function isField(one) {
  return [HTMLInputElement, HTMLSelectElement, HTMLTextAreaElement].some(
    (kind) => one instanceof kind,
  )
}

/** @param {Field} field */
function placeOf(field) {
  const which = field instanceof HTMLInputElement && isTick(field) ? field.value : ''
  return `${field.form?.getAttribute('action')} ${field.name} ${which}`
}

/** @param {HTMLInputElement} field */
function isTick({ type }) {
  return type === 'checkbox' || type === 'radio'
}

/** @param {Field} field */
function isTouched(field) {
  if (field instanceof HTMLSelectElement) return field.selectedOptions[0] !== initial(field)
  if (field instanceof HTMLInputElement && isTick(field))
    return field.checked !== field.defaultChecked
  return field.value !== field.defaultValue
}

/** @param {HTMLSelectElement} field */
function initial({ options }) {
  return [...options].find((one) => one.defaultSelected) ?? options[0]
}

/** The alerts that are in `next` and not yet on the page. @param {HTMLElement} part @param {DocumentFragment} next */
function newRows(part, next) {
  const known = new Set([...part.querySelectorAll('[data-alert]')].map(idOf))
  return [...next.querySelectorAll('[data-alert]')].filter((row) => !known.has(idOf(row)))
}

/** @param {Element} row */
function idOf(row) {
  return row.getAttribute('data-alert')
}

/** Nothing moves under a finger: whoever has scrolled is offered the new rows instead. @param {boolean} hold */
function showFresh(hold) {
  const button = document.getElementById('fresh')
  if (button) button.hidden = !hold
}

/** Says the counts when they change, and a new danger at once. @param {DocumentFragment} content @param {Element[]} fresh */
function announce(content, fresh) {
  const board = content.querySelector('[data-counts]')
  if (!board) return
  say('say', board.getAttribute('data-counts') ?? '')
  const waiting = board.getAttribute('data-waiting') ?? '0'
  const title = document.title.replace(/^\(\d+\) /, '')
  document.title = waiting === '0' ? title : `(${waiting}) ${title}`
  const grave = fresh.filter((row) => row.closest('.group.danger'))
  if (grave.length === 0) return
  const names = grave.map((row) => row.querySelector('h3 a')?.textContent).join(', ')
  say('alarm', `${document.getElementById('alarm')?.dataset['words']}: ${names}`)
}

/** @param {string} id @param {string} words */
function say(id, words) {
  const place = document.getElementById(id)
  if (place && place.textContent !== words) place.textContent = words
}

/** The service's clock goes on between two answers, at its own speed. */
function keepClock() {
  const clock = document.getElementById('clock')
  if (!clock) return
  time.base = Number(clock.dataset['now'])
  const speed = Number(clock.dataset['speed'])
  const locale = document.documentElement.lang === 'ko' ? 'ko-KR' : 'en-GB'
  const timeZone = clock.dataset['zone']
  const date = new Intl.DateTimeFormat(locale, {
    timeZone,
    month: 'short',
    day: 'numeric',
    weekday: 'short',
  })
  const hours = new Intl.DateTimeFormat('sv-SE', { timeZone, timeStyle: 'short' })
  setInterval(() => {
    const now = time.base + (performance.now() - time.told) * speed
    clock.textContent = `${date.format(now)} ${hours.format(now)}`
  }, 1_000)
}

/** @param {DocumentFragment} content */
function setClock(content) {
  const now = content.querySelector('[data-now]')?.getAttribute('data-now')
  if (!now) return
  time.base = Number(now)
  time.told = performance.now()
}

/** A button that was pressed says so, and cannot be pressed twice. */
function sendOnce() {
  const words = document.getElementById('main')?.dataset['sending'] ?? ''
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || form.dataset['once'] === undefined) return
    if (form.dataset['sent'] !== undefined) return event.preventDefault()
    form.dataset['sent'] = ''
    hand.sent = performance.now()
    const button = event.submitter ?? form.querySelector('button')
    if (!button || words === '') return
    button.textContent = words
    button.removeAttribute('aria-label')
  })
  // Coming back by the browser's own button shows the page as it was left: let it be used again.
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload()
  })
}
