// @ts-check
// Shows messages that are pushed to this device, and says so: a push service takes messages for dead devices too, so
// only the device itself knows that one arrived. Nothing is kept here, and no page is answered from here.

/** @typedef {{ title: string, body: string, url: string | null, tag: string, receipt: string, proof: string }} Told */

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the checker thinks of another kind of worker
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self))

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()))
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()))

worker.addEventListener('push', (event) => {
  if (!event.data) return
  /** @type {Told} */
  const told = event.data.json()
  event.waitUntil(show(told))
})

worker.addEventListener('notificationclick', (event) => {
  event.notification.close()
  /** @type {Told} */
  const told = event.notification.data
  event.waitUntil(Promise.all([say(told, 'opened'), open(told.url ?? '/')]))
})

/** @param {Told} told */
async function show(told) {
  const { title, body, tag } = told
  // It rings again when it replaces an older one, and stays until somebody has seen it.
  const options = { body, tag, data: told, lang: 'ko', requireInteraction: true, renotify: true }
  await worker.registration.showNotification(title, { ...options, icon: '/assets/icon.svg' })
  await say(told, 'shown')
}

/** @param {Told} told @param {'shown' | 'opened'} event */
async function say({ receipt, proof }, event) {
  const body = JSON.stringify({ receipt, proof, event })
  const headers = { 'content-type': 'application/json' }
  // Without a line now there is none for the receipt: then the next way to this person is tried, and that is right.
  await fetch('/hooks/push', { method: 'POST', headers, body }).catch(() => undefined)
}

/** @param {string} url */
async function open(url) {
  const pages = await worker.clients.matchAll({ type: 'window' })
  const page = pages.find((each) => each.url === new URL(url, worker.location.origin).href)
  if (page) await page.focus()
  else await worker.clients.openWindow(url)
}
