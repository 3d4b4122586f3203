// Two to four papers side by side.

import { describeWords, listPassages } from '../text/passages.js'
import { cleanLine } from '../text/text.js'
import { MOST_AUTHORS, markedTitle } from '../text/work.js'
import { button, el } from './dom.js'
import { facts, orNotKnown } from './facts.js'

/** @import { WorkRecord } from '../types.js' */
/** @import { Page, Part } from './app.js' */

export const FEWEST = 2
export const MOST = 4

/**
 * Returns the table that compares the ticked papers.
 * @param {Page} page
 * @returns {Part}
 */
export function compare(page) {
  const node = el('div', { class: 'cx-compare', id: 'cx-compare' })
  /** @type {string | null} */
  let asked = '' // what is shown or read; null after a failure, so that it is read anew
  const close = button('Close', () => {
    page.change({ compare: false })
    document.getElementById('cx-compared')?.focus()
  }, { 'aria-label': 'Close the table' })

  async function show(isGoal = page.goTo === 'compare') {
    const { picked } = page.state
    const isWanted = page.state.compare && picked.length >= FEWEST && picked.length <= MOST
    const wanted = isWanted ? JSON.stringify(picked) : ''
    if (wanted === asked) return
    asked = wanted
    if (!isWanted) return node.replaceChildren()
    try {
      const table = await comparison(picked, page)
      if (wanted !== asked) return
      const area = el('div', {
        class: 'cx-area', role: 'region', tabIndex: 0, 'aria-label': 'Ticked papers side by side'
      }, table)
      node.replaceChildren(area, close)
      if (!isGoal) return
      node.scrollIntoView()
      area.focus({ preventScroll: true })
    } catch (error) {
      if (wanted !== asked) return
      asked = null
      node.replaceChildren(el('p', { role: 'alert' },
        `The table cannot be shown: ${/** @type {Error} */ (error).message}. `,
        button('Try again', () => show(true))))
    }
  }
  return { node, show: () => show() }
}

/** @param {string[]} picked @param {Page} page */
async function comparison(picked, page) {
  const numbers = await page.engine.numbersOf(picked)
  const records = await Promise.all(numbers.map(number => page.engine.record(number)))
  const columns = records.map(record => /** @type {ReturnType<typeof facts>} */ ([
    ['Why it cites', why(record)], ...facts(record, page, MOST_AUTHORS).slice(1) // titles stand above
  ]))
  return el('table', {},
    el('caption', {}, 'Ticked papers side by side. Rows that differ are bold.'),
    el('thead', {}, el('tr', {}, el('td'), ...records.map(({ work }, place) =>
      el('th', { scope: 'col' }, `${place + 1}. ${cleanLine(markedTitle(work))}`)))),
    el('tbody', {}, ...columns[0].map(([name], row) => {
      const cells = columns.map((column, place) =>
        el('td', { 'data-of': `${place + 1}. ` }, ...orNotKnown(column[row][1])))
      const differs = cells.some(cell => cell.textContent !== cells[0].textContent)
      return el('tr', differs ? { class: 'cx-differs' } : {},
        el('th', { scope: 'row' }, name,
          differs ? el('span', { class: 'cx-hidden' }, ' (differs)') : null),
        ...cells)
    })))
}

/** @param {WorkRecord} record */
const why = record => listPassages(record).map(({ row, where, role }) =>
  el('p', {}, cleanLine(`${describeWords(row)} (${where}${role ? `; role: ${role}` : ''})`)))
