// What the colours and sizes of dots say.

import { button, el, grouped } from '../page/dom.js'
import { cleanLine } from '../text/text.js'
import { yearColumns } from './time.js'

/** @import { Graph, Point, State, ThemeRow } from '../types.js' */

/**
 * What dots are drawn by.
 * @typedef {object} Look
 * @property {ThemeRow[]} themes
 * @property {string[]} colours of themes in their order
 * @property {string | null} note who counted citations; null where none is known
 * @property {(colour: State['colour']) => void} choose
 */

/** @typedef {{ colour: string, label: string, has: (point: Point) => boolean }} Key */

const OTHER = 'var(--cx-muted)'

/**
 * Returns the colours of the themes that are drawn: in their order, or of more themes than there
 * are colours, as a source's topics are, those of most papers.
 * @param {Point[]} points
 * @param {ThemeRow[]} themes
 * @param {string[]} colours
 * @returns {Key[]}
 */
export function themeKeys(points, themes, colours) {
  const counts = themes.map(() => 0)
  for (const { theme } of points) if (theme >= 0) counts[theme]++
  const order = themes.map((_, place) => place)
  if (themes.length > colours.length) order.sort((one, two) => counts[two] - counts[one] || one - two)
  const own = order.slice(0, colours.length)
  const keys = own.map((theme, place) => ({
    colour: colours[place], label: themes[theme].title,
    has: (/** @type {Point} */ point) => point.theme === theme
  }))
  return [...keys, {
    colour: OTHER, label: 'another theme',
    has: (/** @type {Point} */ { theme }) => theme >= 0 && !own.includes(theme)
  }, { colour: OTHER, label: 'theme not known', has: ({ theme }) => theme < 0 }]
}

/**
 * Returns the colours of years, from early to late.
 * @param {Point[]} points
 * @returns {Key[]}
 */
export function yearKeys(points) {
  const years = points.flatMap(({ year }) => year ?? []).sort((one, two) => one - two)
  const columns = yearColumns(years)
  const keys = columns.map(({ label, first, last }, place) => ({
    colour: `color-mix(in oklch, var(--cx-late) ${Math.round(100 * place / (columns.length - 1 || 1))}%, var(--cx-early))`,
    label,
    has: (/** @type {Point} */ { year }) => year !== null && first <= year && year <= last
  }))
  return [...keys, { colour: OTHER, label: 'year not known', has: ({ year }) => year === null }]
}

/**
 * Returns the parts of the legend, and what paints dots by it.
 * @param {Graph} graph
 * @param {Look} look
 */
export function legend({ points }, { themes, colours, note, choose }) {
  const kinds = /** @type {const} */ ({ theme: 'Theme', year: 'Year' })
  const names = /** @type {State['colour'][]} */ (Object.keys(kinds))
  const buttons = names.map(name => button(kinds[name], () => choose(name)))
  const list = el('ul', { class: 'cx-legend', 'aria-label': 'Colours' })
  const counts = points.flatMap(({ cited }) => cited ?? [])
  const isCounted = counts.length > 0
  const sizes = isCounted
    ? 'The larger a dot, the more works cite the paper: on a logarithmic scale, here from ' +
      `${grouped(Math.min(...counts))} to ${grouped(Math.max(...counts))}. ` +
      `Hollow and small: not known. ${note ?? ''}`
    : 'All dots have one size: this hub does not know how often these papers are cited.'
  return {
    buttons: el('div', { role: 'group', 'aria-label': 'Colour by' }, 'Colour by ', ...buttons),
    list,
    sizes: cleanLine(sizes),
    /** @param {State['colour']} colour @param {SVGElement[]} dots */
    paint(colour, dots) {
      const keys = (colour === 'theme' ? themeKeys(points, themes, colours) : yearKeys(points))
        .filter(({ has }) => points.some(has))
      buttons.forEach((each, place) => each.setAttribute('aria-pressed', `${names[place] === colour}`))
      list.replaceChildren(...keys.map(({ colour, label }) => {
        const sign = el('i')
        sign.style.setProperty('--cx-dot', colour)
        return el('li', {}, sign, cleanLine(label))
      }))
      dots.forEach((dot, i) => {
        dot.style.setProperty('--cx-dot', keys.find(({ has }) => has(points[i]))?.colour ?? OTHER)
        dot.classList.toggle('cx-hollow', isCounted && points[i].cited === null)
      })
    }
  }
}
