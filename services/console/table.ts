import { html } from 'hono/html'
import type { Html } from './page.ts'

/** What stands in a row, one for each head; the first names the row. */
export type Cells = readonly (Html | string | number)[]

/** A table; where the page is narrow each row is a block by itself, and each cell says its head. */
export function table(label: string, heads: readonly string[], rows: readonly Cells[]): Html {
  // Blocks are no table to a screen reader unless they say so.
  return html`<table class="folds" role="table" aria-label="${label}">
    <thead role="rowgroup">
      <tr role="row">
        ${heads.map((head) => html`<th scope="col" role="columnheader">${head}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map((cells) => row(heads, cells))}
    </tbody>
  </table>`
}

function row(heads: readonly string[], [name, ...cells]: Cells): Html {
  return html`<tr role="row">
    <th scope="row" role="rowheader">${name}</th>
    ${cells.map(
      (cell, index) =>
        html`<td role="cell" data-head="${heads[index + 1]}"><div>${cell}</div></td>`,
    )}
  </tr>`
}
