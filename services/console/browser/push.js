// @ts-check
// Registers this device for push messages. Whoever registered once is registered anew at each visit of this page:
// browsers change and lose subscriptions without a word.

const panel = document.getElementById('push')
const key = panel?.dataset['key'] ?? ''

if ('serviceWorker' in navigator && 'PushManager' in window && key !== '') void begin()
else say('unable')

async function begin() {
  await navigator.serviceWorker.register('/sw.js')
  const button = document.getElementById('register')
  if (button instanceof HTMLButtonElement) {
    button.hidden = false
    // Browsers ask for the permission only where somebody has just pressed something.
    button.addEventListener('click', () => void register())
  }
  if (Notification.permission === 'granted' && (await current())) await send()
  else if (Notification.permission === 'denied') say('denied')
}

async function register() {
  const allowed = await Notification.requestPermission()
  if (allowed !== 'granted') return say('denied')
  try {
    const { pushManager } = await navigator.serviceWorker.ready
    await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
    if (await send()) location.reload()
  } catch {
    say('failed')
  }
}

async function current() {
  const { pushManager } = await navigator.serviceWorker.ready
  return await pushManager.getSubscription()
}

/** Tells the console where this device takes messages; resolves with whether it knows now. */
async function send() {
  const subscription = await current()
  if (!subscription) return false
  const answer = await fetch('/reach/devices', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...subscription.toJSON(), device: nameOf(navigator.userAgent) }),
  })
  if (!answer.ok) say('failed')
  return answer.ok
}

/** @param {string} agent */
function nameOf(agent) {
  const system = /iPhone|iPad|Android|Windows|Mac OS|Linux/.exec(agent)?.[0] ?? '?'
  const browser = /Edg|SamsungBrowser|Whale|Firefox|Chrome|Safari/.exec(agent)?.[0] ?? '?'
  return `${system} · ${browser}`
}

/** @param {'unable' | 'denied' | 'failed'} what */
function say(what) {
  const place = document.getElementById('push-said')
  if (place) place.textContent = panel?.dataset[what] ?? ''
}
