import { html } from 'hono/html'
import type { Lang } from '../core/sentence.ts'
import { LIVE_SILENCE } from './live.ts'
import { sprite } from './icons.ts'
import { type View, dateTime, localYear } from './view.ts'
import { WORDS } from './words.ts'

/** Markup in which every value was escaped. */
export type Html = ReturnType<typeof html>

type Page = {
  readonly title: string
  /** Which entry of the menu this is. */
  readonly here:
    | 'board'
    | 'handover'
    | 'follow-ups'
    | 'roster'
    | 'readiness'
    | 'unwatched'
    | 'rejections'
    | null
  readonly main: Html
}

/** A whole page for somebody who has signed in. */
export function page(view: View, { title, here, main }: Page): Html {
  const { t } = view
  const other = view.lang === 'ko' ? 'en' : 'ko'
  return shell(
    view.lang,
    `${title} · ${t.name}`,
    html` <header class="top">
        <a class="mark" href="/">${t.name}</a>
        <nav aria-label="${t.nav.menu}">
          <a href="/" ${current(here === 'board')}>${t.nav.board}</a>
          <a href="/handover" ${current(here === 'handover')}>${t.handover.menu}</a>
          ${view.office !== null && ofOffice(view, here)}
        </nav>
        ${clock(view)}
        <a class="who" href="/reach">${view.person.name}</a>
      </header>
      <div role="status">
        <p id="lost" class="lost" data-silence="${LIVE_SILENCE}" hidden>
          ${t.live.lost} · <span aria-hidden="true"><time></time> ${t.live.asOf}</span>
        </p>
      </div>
      <p id="say" class="unseen-text" role="status"></p>
      <p id="alarm" class="unseen-text" role="alert" data-words="${t.live.newDanger}"></p>
      <button id="fresh" class="fresh" hidden>${t.live.newRows}</button>
      <main id="main" tabindex="-1" data-sending="${t.live.sending}">${main}</main>
      <footer class="foot">
        <a href="?lang=${other}" lang="${other}">${t.language}</a>
        <form method="post" action="/leave"><button class="plain">${t.nav.leave}</button></form>
      </footer>`,
  )
}

function ofOffice({ t }: View, here: Page['here']): Html {
  return html`<a href="/follow-ups" ${current(here === 'follow-ups')}>${t.follow.menu}</a>
    <a href="/roster" ${current(here === 'roster')}>${t.nav.roster}</a>
    <a href="/readiness" ${current(here === 'readiness')}>${t.nav.readiness}</a>
    <a href="/unwatched" ${current(here === 'unwatched')}>${t.nav.unwatched}</a>
    <a href="/rejections" ${current(here === 'rejections')}>${t.nav.rejections}</a>`
}

/** A page for somebody who has not signed in: the way in, or a word on what went wrong. */
export function bare(lang: Lang, title: string, main: Html): Html {
  const t = WORDS[lang]
  return shell(
    lang,
    `${title} · ${t.name}`,
    html` <main id="main" class="bare" tabindex="-1" data-sending="${t.live.sending}">
      <p class="mark">${t.name}</p>
      <h1>${title}</h1>
      ${main}
    </main>`,
  )
}

function shell(lang: Lang, title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="manifest" href="/manifest.webmanifest" />
        <link rel="stylesheet" href="/assets/console.css" />
        <script type="module" src="/assets/client.js"></script>
      </head>
      <body>
        <a class="skip" href="#main">${WORDS[lang].skip}</a>
        ${sprite()} ${body}
      </body>
    </html>`
}

// The year is told where it is not this one: in a replay.
function clock(view: View): Html {
  const { t } = view
  const pace = view.speed === 1 ? '' : t.clock.speed(view.speed)
  const year = view.simulated ? localYear(view.now, view.zone) : ''
  return html`<p class="clock">
    <span class="${view.simulated ? 'simulated' : 'real'}"
      >${view.simulated ? t.clock.simulated : t.clock.real}</span
    >
    ${year && html`<span>${year}</span>`}
    <time id="clock" data-now="${view.now}" data-speed="${view.speed}" data-zone="${view.zone}"
      >${dateTime(view.now, view.lang, view.zone)}</time
    >
    ${pace && html`<span class="pace">${pace}</span>`}
  </p>`
}

function current(is: boolean): Html {
  return is ? html` aria-current="page"` : html``
}
