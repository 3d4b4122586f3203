// Papers over time by theme: a table, in which circles show the numbers.

import { el, grouped, many } from '../page/dom.js'

/** @import { State, ThemeRow, View } from '../types.js' */

/** @typedef {{ label: string, first: number, last: number }} Years */
/** @typedef {{ id: string, title: string, counts: number[], total: number }} Row */

const NOT_KNOWN = 'not known'
const MOST_COLUMNS = 12
const LENGTHS = [1, 2, 5, 10, 20, 50, 100, 200, 500]
const LARGEST = 18 // px, the diameter of the largest circle

/**
 * Returns columns from the first year to the last, those without works too, so that time is
 * linear: single years, or bins of equal length where there would be more than 12.
 * @param {number[]} years in order
 * @returns {Years[]}
 */
export function yearColumns(years) {
  if (!years.length) return []
  const [first, last] = [years[0], years[years.length - 1]]
  /** @param {number} length */
  const bins = length => Math.floor(last / length) - Math.floor(first / length) + 1
  const length = LENGTHS.find(each => bins(each) <= MOST_COLUMNS) ?? 1000
  return Array.from({ length: bins(length) }, (_, i) => {
    const start = (Math.floor(first / length) + i) * length
    const end = start + length - 1
    return { label: length === 1 ? `${start}` : `${start}-${end}`, first: start, last: end }
  })
}

/**
 * Returns the works of a view by theme and time; the years that are not known come last, after
 * those of the columns. Totals count a work once, however many themes it has.
 * @param {View} view
 * @param {ThemeRow[]} themes
 * @param {[number, number] | null} range the condition on years
 * @returns {{ columns: Years[], hasUnknown: boolean, rows: Row[], totals: number[] }}
 */
export function timeTable({ counts, numbers, timeline }, themes, range) {
  // The counts of years name all years of the hub, so that the columns stay whatever is asked.
  const columns = yearColumns(counts.year.map(({ value }) => Number(value)))
  /** @param {number} year */
  const columnOf = year => columns.findIndex(({ first, last }) => first <= year && year <= last)
  const totals = columns.map(() => 0)
  for (const { value, count } of counts.year) {
    const year = Number(value)
    // They leave the condition on years itself aside.
    if (!range || (range[0] <= year && year <= range[1])) totals[columnOf(year)] += count
  }
  const unknown = numbers.length - sum(totals)
  if (unknown) totals.push(unknown)
  const titles = themes.map(({ theme_id: id, title }) => ({ id, title }))
  if (timeline.some(({ theme }) => theme === NOT_KNOWN)) {
    titles.push({ id: NOT_KNOWN, title: 'Theme not known' })
  }
  const rows = titles.map(({ id, title }) => {
    const own = totals.map(() => 0)
    for (const { theme, year, count } of timeline) {
      if (theme === id) own[year === null ? columns.length : columnOf(year)] += count
    }
    return { id, title, counts: own, total: sum(own) }
  })
  return { columns, hasUnknown: unknown > 0, rows, totals }
}

/** @param {number[]} counts */
function sum(counts) {
  return counts.reduce((one, two) => one + two, 0)
}

/**
 * Returns the picture; a cell that is pressed asks for its theme and years, and if it is what is
 * asked already, for all.
 * @param {View} view
 * @param {ThemeRow[]} themes
 * @param {State} state
 * @param {(patch: Partial<State>) => void} change
 * @returns {HTMLElement}
 */
export function timePicture(view, themes, state, change) {
  const { columns, hasUnknown, rows, totals } = timeTable(view, themes, state.year)
  const most = Math.max(...rows.flatMap(({ counts }) => counts))

  /** @param {Row} row @param {number} count @param {Years | undefined} years */
  const cell = (row, count, years) => {
    if (!count) return el('td', {}, el('span', { class: 'cx-hidden' }, 'none'))
    const circle = el('span', { class: 'cx-circle' })
    const size = LARGEST * Math.sqrt(count / most)
    circle.style.width = circle.style.height = `${size}px`
    const box = el('span', { class: 'cx-circle-box' }, circle)
    const number = grouped(count)
    // No condition asks for works whose year is not known.
    if (!years) return el('td', {}, box, number)
    const { label, first, last } = years
    const isAsked = state.theme.length === 1 && state.theme[0] === row.id &&
      state.year?.[0] === first && state.year[1] === last
    return el('td', {}, el('button', {
      type: 'button',
      class: 'cx-cell',
      'aria-label': `${row.title}, ${label}: ${many(count, 'paper')}`,
      'aria-pressed': `${isAsked}`,
      'data-cell': `${row.id} ${label}`,
      onclick: () => change(isAsked
        ? { theme: [], year: null }
        : { theme: [row.id], year: [first, last] })
    }, box, number))
  }

  const labels = columns.map(({ label }) => label)
  if (hasUnknown) labels.push(NOT_KNOWN)
  const scope = { scope: 'col' }
  const title = 'Papers over time by theme'
  const table = el('table', { class: 'cx-time' },
    el('caption', {}, title),
    el('thead', {}, el('tr', {}, el('th', scope, 'Theme'),
      ...labels.map(label => el('th', scope, label)), el('th', scope, 'All'))),
    el('tbody', {}, ...rows.map(row => el('tr', {},
      el('th', { scope: 'row' }, row.title),
      ...row.counts.map((count, i) => cell(row, count, columns[i])),
      el('td', {}, grouped(row.total))))),
    el('tfoot', {}, el('tr', {}, el('th', { scope: 'row' }, 'All themes'),
      ...[...totals, view.numbers.length].map(total => el('td', {}, grouped(total))))))
  const scroll = el('div',
    { class: 'cx-scroll', role: 'region', 'aria-label': title, tabIndex: 0 }, table)
  const isSeveral = sum(rows.map(({ total }) => total)) > view.numbers.length
  return el('div', { class: 'cx-picture' }, scroll, el('p', { class: 'cx-note' },
    'The area of a circle is its number of papers.' +
    (isSeveral ? ' A paper of several themes counts in each of them, once in all themes.' : '')))
}

/**
 * Puts a picture in the place of an older one; the cell that has the focus keeps it, and what is
 * scrolled stays so.
 * @param {HTMLElement} old
 * @param {HTMLElement} picture
 */
export function replacePicture(old, picture) {
  const focused = old.contains(document.activeElement) && document.activeElement
  const scrolled = old.querySelector('.cx-scroll')?.scrollLeft ?? 0
  old.replaceWith(picture)
  if (scrolled) picture.querySelector('.cx-scroll')?.scrollTo(scrolled, 0) // else no layout yet
  const key = focused instanceof HTMLElement && focused.dataset.cell
  if (!key) return
  /** @type {NodeListOf<HTMLElement>} */
  const cells = picture.querySelectorAll('.cx-cell')
  for (const cell of cells) if (cell.dataset.cell === key) cell.focus()
}
