import { html } from 'hono/html'
import type { Html } from './page.ts'

/**
 * The shapes of the console. A grade is told by its shape as much as by its colour: an octagon, a triangle, a
 * lozenge, a ring. On a 24 by 24 grid, drawn with the colour of the text around them.
 */
export const SHAPES = {
  danger: 'M7.5 1h9L23 7.5v9L16.5 23h-9L1 16.5v-9zM10.6 5.5v8.2h2.8V5.5zM10.6 15.8v2.8h2.8v-2.8z',
  warning: 'M12 1.5 23.5 22H.5zM10.7 9v6.2h2.6V9zM10.7 16.8v2.6h2.6v-2.6z',
  caution: 'M12 1.5 22.5 12 12 22.5 1.5 12z',
  watch: 'M12 2a10 10 0 1 0 .01 0zM12 5.4a6.6 6.6 0 1 1-.01 0z',
} as const

const LINES = {
  blind: 'M3 3l18 18M4 9c4-4.5 12-4.5 16 0M7 13c3-2.8 7-2.8 10 0M11.9 18h.2',
  sos: 'M12 3a9 9 0 1 0 .01 0zM12 8a4 4 0 1 0 .01 0z',
  door: 'M6 21V4h9v17zM12 12.5h.01M15 4l4 2v13l-4 2',
  change: 'M4 17l5-5 4 3 7-8M20 7h-4M20 7v4',
  staff: 'M12 4a3.5 3.5 0 1 0 .01 0zM5 21c0-9 14-9 14 0',
  sensor: 'M5 4h14v16H5zM9 9h6M12 14.5h.01M12 14.4v.2',
  configuration: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5',
  home: 'M3.5 11.5 12 4l8.5 7.5M6 10v10h12V10',
  away: 'M6 21V4h9v17zM12 12.5h.01M15 12h6m-2.5-2.5L21 12l-2.5 2.5',
  asleep: 'M19 14.5A8 8 0 1 1 9.5 5a6.5 6.5 0 0 0 9.5 9.5z',
  visitor:
    'M8.5 5a3 3 0 1 0 .01 0zM16.5 7a2.5 2.5 0 1 0 .01 0zM2.5 20c0-8 12-8 12 0M16 13.5c3.5 0 5.5 2.5 5.5 6',
  back: 'M4 12a8 8 0 1 1 2.6 5.9M4 12l-1.8-3M4 12l3.2-1.4',
  held: 'M4 12.5 9.5 18 20 6.5',
} as const

type Name = keyof typeof SHAPES | keyof typeof LINES

/** All shapes, once a page, for `icon` to point at. */
export function sprite(): Html {
  return html`<svg hidden aria-hidden="true">
    ${Object.entries(SHAPES).map(
      ([name, path]) =>
        html`<symbol id="i-${name}" viewBox="0 0 24 24"
          ><path d="${path}" fill="currentColor" fill-rule="evenodd"
        /></symbol>`,
    )}
    ${Object.entries(LINES).map(
      ([name, path]) =>
        html`<symbol id="i-${name}" viewBox="0 0 24 24"
          ><path
            d="${path}"
            fill="none"
            stroke="currentColor"
            stroke-width="2.2"
            stroke-linecap="round"
            stroke-linejoin="round"
        /></symbol>`,
    )}
  </svg>`
}

/** One shape. It says nothing to a screen reader: a word stands beside it, always. */
export function icon(name: Name): Html {
  return html`<svg class="icon" aria-hidden="true" focusable="false">
    <use href="#i-${name}" />
  </svg>`
}
