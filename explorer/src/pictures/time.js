// Papers over time by theme: a table, in which circles show the numbers.

import { el, grouped, many } from '../page/dom.js'
import { NOT_KNOWN } from '../shared.js'

/** @import { State, ThemeRow, View } from '../types.js' */
/** @import { Look } from './legend.js' */

/** @typedef {{ label: string, first: number, last: number }} Years */
/** @typedef {{ count: number, shown: number }} Cell papers, and how many of them the list shows */
/** @typedef {{ id: string, title: string, cells: Cell[], total: number }} Row */
/** @typedef {Pick<State, 'theme' | 'year'>} Asked what a cell asks for, or what it replaced */
/** @typedef {{ asked: Asked, before: Asked }} Press */

const MOST_COLUMNS = 12
const LENGTHS = [1, 2, 5, 10, 20, 50, 100, 200, 500]
const DRAWN = 20 // themes; there are hundreds where a source's topics are the themes
const LARGEST = 18 // px, the diameter of the largest circle

/**
 * Returns columns from the first year to the last, those without papers too, so that time is
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
 * Returns papers by theme and time, whatever themes and years are asked for, and the totals of
 * the list, which count a paper once, however many themes it has. The years that are not known
 * come last, after those of the columns.
 * @param {View} view
 * @param {ThemeRow[]} themes
 * @param {[number, number] | null} range the condition on years
 * @returns {{ columns: Years[], hasUnknown: boolean, rows: Row[], totals: number[] }}
 */
export function timeTable({ counts, numbers, timeline, timelineAll }, themes, range) {
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
  const hasUnknown = timelineAll.some(({ year }) => year === null)
  if (hasUnknown) totals.push(numbers.length - sum(totals))
  const titles = themes.map(({ theme_id: id, title }) => ({ id, title }))
  if (timelineAll.some(({ theme }) => theme === NOT_KNOWN)) {
    titles.push({ id: NOT_KNOWN, title: 'Theme not known' })
  }
  /** @param {View['timeline']} of @param {string} id */
  const countsOf = (of, id) => {
    const own = totals.map(() => 0)
    for (const { theme, year, count } of of) {
      if (theme === id) own[year === null ? columns.length : columnOf(year)] += count
    }
    return own
  }
  const rows = titles.map(({ id, title }) => {
    const shown = countsOf(timeline, id)
    const all = countsOf(timelineAll, id)
    const cells = all.map((count, place) => ({ count, shown: shown[place] }))
    return { id, title, cells, total: sum(all) }
  })
  return { columns, hasUnknown, rows, totals }
}

/**
 * Returns the themes that are drawn: of many the first, and those that are asked for.
 * @param {ThemeRow[]} themes
 * @param {string[]} asked
 */
export function drawnThemes(themes, asked) {
  return themes.filter(({ theme_id: id }, place) => place < DRAWN || asked.includes(id))
}

/**
 * Returns what to ask for when a cell is pressed, and the press to keep: pressed again, a cell
 * gives back the themes and years that were there before, as long as they are those it set.
 * @param {Asked} state
 * @param {Asked | null} asked null where the cell that is asked for already is pressed
 * @param {Press | null} last
 * @returns {{ patch: Asked, press: Press | null }}
 */
export function pressCell({ theme, year }, asked, last) {
  // By identity: the same values that were ticked elsewhere are not those of the press.
  const isOfPress = last?.asked.theme === theme && last.asked.year === year
  const before = isOfPress ? last.before : { theme, year }
  if (asked) return { patch: asked, press: { asked, before } }
  return { patch: isOfPress ? before : { theme: [], year: null }, press: null }
}

/** @param {number[]} counts */
function sum(counts) {
  return counts.reduce((one, two) => one + two, 0)
}

/** @param {Cell} cell @returns {string} what the list shows of a cell, where not all */
function shownText({ count, shown }) {
  if (shown === count) return ''
  return shown ? `, ${grouped(shown)} in this list` : ', not in this list'
}

/**
 * Returns the number of papers of the largest circle.
 * @param {View} view
 * @param {ThemeRow[]} themes
 */
export const largestCount = (view, themes) => Math.max(...timeTable(view, themes, null).rows
  .flatMap(({ cells }) => cells.map(({ count }) => count)))

/**
 * Returns the picture, whose cells can be pressed.
 * @param {View} view
 * @param {number} most papers of the largest circle
 * @param {Look} look
 * @param {State} state
 * @param {(asked: Asked | null) => void} press gets the theme and years of a cell, or null where
 * they are asked for already
 * @returns {HTMLElement}
 */
export function timePicture(view, most, { themes, colours }, state, press) {
  const drawn = drawnThemes(themes, state.theme)
  const { columns, hasUnknown, rows, totals } = timeTable(view, drawn, state.year)
  const all = rows.flatMap(({ cells }) => cells)

  /** @param {Row} row @param {Cell} cell @param {Years | undefined} years */
  const cellOf = (row, cell, years) => {
    const { count, shown } = cell
    if (!count) return el('td', {}, el('span', { class: 'cx-hidden' }, 'none'))
    const circle = el('span', { class: 'cx-circle' })
    const size = LARGEST * Math.sqrt(count / most)
    circle.style.width = circle.style.height = `${size}px`
    const place = themes.findIndex(theme => theme.theme_id === row.id)
    if (themes.length <= colours.length && place >= 0) {
      circle.style.setProperty('--cx-dot', colours[place]) // as in the other pictures
    }
    circle.style.setProperty('--cx-shown', `${100 * Math.sqrt(shown / count)}%`)
    const box = el('span', { class: 'cx-circle-box' }, circle)
    const number = grouped(count)
    const pale = shown ? '' : ' cx-pale'
    // No condition asks for papers whose year is not known.
    if (!years) {
      return el('td', { class: pale.trim() }, box, number,
        el('span', { class: 'cx-hidden' }, shownText(cell)))
    }
    const { label, first, last } = years
    const isAsked = state.theme.length === 1 && state.theme[0] === row.id &&
      state.year?.[0] === first && state.year[1] === last
    return el('td', {}, el('button', {
      type: 'button',
      class: `cx-cell${pale}`,
      'aria-label': `${row.title}, ${label}: ${many(count, 'paper')}${shownText(cell)}`,
      'aria-pressed': `${isAsked}`,
      'data-cell': `${row.id} ${label}`,
      onclick: () => press(isAsked ? null : { theme: [row.id], year: [first, last] })
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
      ...row.cells.map((cell, i) => cellOf(row, cell, columns[i])),
      el('td', {}, grouped(row.total))))),
    el('tfoot', {}, el('tr', {}, el('th', { scope: 'row' }, 'This list'),
      ...[...totals, view.numbers.length].map(total => el('td', {}, grouped(total))))))
  const scroll = el('div',
    { class: 'cx-scroll', role: 'region', 'aria-label': title, tabIndex: 0 }, table)
  const isSeveral = sum(all.map(({ shown }) => shown)) > view.numbers.length
  const left = themes.length - drawn.length
  return el('div', { class: 'cx-picture' }, scroll, el('p', { class: 'cx-note' },
    'Circles grow with the number of papers; the filled part is in this list, which the last ' +
    'line counts.' +
    (isSeveral ? ' A paper of several themes counts in each, once in the last line.' : '') +
    (left ? ` ${many(left, 'more theme')} can be asked for, and are counted there, too.` : '')))
}

/**
 * Puts a picture in the place of an older one; the cell or dot that has the focus keeps it, and
 * what is scrolled stays so.
 * @param {HTMLElement} old
 * @param {HTMLElement} picture
 */
export function replacePicture(old, picture) {
  /** @type {HTMLElement | SVGElement | null} */
  const focused = old.querySelector(':focus')
  const scrolled = old.querySelector('.cx-scroll')?.scrollLeft ?? 0
  old.replaceWith(picture)
  if (scrolled) picture.querySelector('.cx-scroll')?.scrollTo(scrolled, 0) // else no layout yet
  /** @type {NodeListOf<HTMLElement | SVGElement>} */
  const pressable = picture.querySelectorAll('.cx-cell, .cx-dot')
  for (const each of pressable) {
    const { cell, number } = each.dataset
    if (focused?.dataset.cell === cell && focused?.dataset.number === number) each.focus()
  }
}
