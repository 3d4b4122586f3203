// Two to four papers side by side.

import { cleanLine } from '../text/text.js'
import { el } from './dom.js'
import { facts, orNotKnown } from './facts.js'

/** @import { Page, Part } from './app.js' */

export const FEWEST = 2
export const MOST = 4
const SHORT = 28 // letters of a title where the columns stand below each other

/**
 * Returns the table that compares the ticked papers.
 * @param {Page} page
 * @returns {Part}
 */
export function compare(page) {
  const node = el('div', { class: 'cx-compare', id: 'cx-compare' })
  let shown = ''
  return {
    node,
    async show() {
      const { picked } = page.state
      const isWanted = page.state.compare && picked.length >= FEWEST && picked.length <= MOST
      const wanted = isWanted ? JSON.stringify(picked) : ''
      if (wanted === shown) return
      shown = wanted
      if (!isWanted) return node.replaceChildren()
      const numbers = await page.engine.numbersOf(picked)
      const records = await Promise.all(numbers.map(number => page.engine.record(number)))
      if (wanted !== shown) return
      const titles = records.map(({ work }) => cleanLine(work.title_plain))
      const columns = records.map(record => facts(record, page).slice(1)) // titles stand above
      node.replaceChildren(el('table', {},
        el('caption', {}, 'Ticked papers side by side'),
        el('thead', {}, el('tr', {},
          el('td'), ...titles.map(title => el('th', { scope: 'col' }, title)))),
        el('tbody', {}, ...columns[0].map(([name], row) => el('tr', {},
          el('th', { scope: 'row' }, name),
          ...columns.map((column, place) =>
            el('td', { 'data-of': shorten(titles[place]) }, ...orNotKnown(column[row][1]))))))))
    }
  }
}

/** @param {string} title */
const shorten = title => title.length > SHORT ? `${title.slice(0, SHORT).trim()}…` : title
