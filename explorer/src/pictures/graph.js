// The map of similarity and the network of shared author names: dots that are buttons.

import { NEAREST } from '../engine/graphs.js'
import { dotRadius, HEIGHT, WIDTH } from '../engine/layout.js'
import { RELATED } from '../shared.js'
import { el, grouped, many } from '../page/dom.js'

/** @import { Graph } from '../types.js' */
/** @typedef {'map' | 'network'} Kind */

const MOST_NAMES = 8
const MOST_TITLES = 5
const REACH = 16 // how far from a dot the pointer still means it, as dots are small
const POINT = 'Point at a dot, or move with the arrow keys, to read its title. ' +
  'Pressed, it narrows the list to that paper and '
const HINT = {
  map: `${POINT}the ${RELATED} nearest to it; lines lead to the nearest ${NEAREST}.`,
  network: `${POINT}those that print one of its author names.`
}
const TITLE = { map: 'Map of similarity', network: 'Network of shared author names' }
const HEURISTIC = {
  map: 'A heuristic: linked papers use the same rare words. Where a dot stands says no more.',
  network: 'A heuristic: linked papers print an author name in equal spelling, ' +
    'which may be that of two people. A name of many papers links each to the next.'
}
const LINKED = { map: 'Nearest by the rare word', network: 'Linked by the author name' }
const NOT_SHOWN = 'Not in this list.'

/**
 * Returns the sentence that says which papers are drawn: '' where all are.
 * @param {Kind} kind
 * @param {Graph} graph
 */
export function drawnSentence(kind, { asked, left, alone, points: { length } }) {
  if (!asked) return 'There are no papers to draw.'
  if (!length) return `None of ${many(asked, 'paper')} shares an author name with another.`
  if (asked === length) return ''
  const drawn = `${grouped(length)} of ${many(asked, 'paper')} are drawn`
  if (kind === 'map') return `The first ${drawn}.`
  const more = left === 1 ? 'shares author names but does' : 'share author names but do'
  const share = alone === 1 ? 'shares' : 'share'
  return drawn +
    (left ? `; ${grouped(left)} more ${more} not fit` : '') +
    (alone ? `; ${grouped(alone)} ${share} ${left ? 'none' : 'no author name'}` : '') + '.'
}

/**
 * Returns the positions of the points that a point is linked to, the heaviest link first, what
 * links them ('' where nothing), and their titles. On the map these are the nearest alone, as a
 * point that is not among them may have this one among its own.
 * @param {Kind} kind
 * @param {Graph} graph
 * @param {number} index position of the point
 * @returns {{ near: number[], by: string, titles: string[] }}
 */
export function linkedTo(kind, { links, points }, index) {
  const own = links.filter(({ source, target }) => source === index || target === index)
    .sort((one, two) => two.weight - one.weight)
    .slice(0, kind === 'map' ? NEAREST : undefined)
  const near = own.map(({ source, target }) => source === index ? target : source)
  const names = [...new Set(own.flatMap(link => link.names))]
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''
  const titles = near.slice(0, MOST_TITLES).map(place => points[place].title)
  if (near.length > MOST_TITLES) titles.push(`and ${near.length - MOST_TITLES} more`)
  const by = `${LINKED[kind]}${names.length === 1 ? '' : 's'} ` +
    `${names.slice(0, MOST_NAMES).join(', ')}${more}:`
  return { near, by: near.length ? by : '', titles }
}

/**
 * Returns the position of the point nearest to a place of the picture, or -1 where none is near.
 * @param {{ x: number, y: number }[]} points
 * @param {number} x 0 to 1
 * @param {number} y 0 to 1
 */
export function nearestTo(points, x, y) {
  let [best, least] = [-1, REACH]
  points.forEach((point, i) => {
    const far = Math.hypot((point.x - x) * WIDTH, (point.y - y) * HEIGHT)
    if (far < least) [best, least] = [i, far]
  })
  return best
}

/**
 * Returns the position of the nearest of the points that lie rather the way of an arrow key than
 * any other way; `from` itself where there is none.
 * @param {{ x: number, y: number }[]} points
 * @param {number} from
 * @param {string} key ArrowLeft, ArrowRight, ArrowUp or ArrowDown
 */
export function nearestTowards(points, from, key) {
  const sign = key === 'ArrowRight' || key === 'ArrowDown' ? 1 : -1
  let [best, least] = [from, Infinity]
  points.forEach((point, i) => {
    const right = sign * (point.x - points[from].x) * WIDTH
    const down = sign * (point.y - points[from].y) * HEIGHT
    const [along, aside] = /Left|Right/.test(key) ? [right, down] : [down, right]
    const far = Math.hypot(along, aside)
    if (along > 0 && along >= Math.abs(aside) && far < least) [best, least] = [i, far]
  })
  return best
}

/**
 * Returns the position of the point to which a key leads, or -1 where the key leads nowhere.
 * @param {{ x: number, y: number }[]} points
 * @param {number} from
 * @param {string} key
 */
export function ledTo(points, from, key) {
  const last = points.length - 1
  if (key === 'Home') return 0
  if (key === 'End') return last
  // The arrows need not reach every dot; these two go through all in the order of the list.
  if (key === 'PageUp') return Math.max(from - 1, 0)
  if (key === 'PageDown') return Math.min(from + 1, last)
  return key.startsWith('Arrow') ? nearestTowards(points, from, key) : -1
}

/**
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | number>} attributes
 */
function svgElement(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const key in attributes) element.setAttribute(key, String(attributes[key]))
  return element
}

/**
 * A picture: its element; `refresh`, which fills the dots of the papers that the list shows and
 * rings the chosen one (-1 for none), in place, so that the focus stays; and `mark`, which
 * highlights the dot of a paper (null for none) while its entry in the list is pointed at.
 * @typedef {object} Picture
 * @property {HTMLElement} node
 * @property {(shown: Set<number>, chosen: number) => void} refresh
 * @property {(number: number | null) => void} mark
 */

/**
 * Returns the picture of a graph, whose links name points by position.
 * @param {Kind} kind
 * @param {Graph} graph
 * @param {(number: number) => void} choose gets -1 where the chosen paper is pressed again
 * @returns {Picture}
 */
export function graphPicture(kind, graph, choose) {
  const node = el('div', { class: 'cx-picture cx-graph', 'data-kind': kind })
  const { links, points } = graph
  const sentence = drawnSentence(kind, graph)
  if (!points.length) {
    node.append(el('p', { class: 'cx-note' }, sentence))
    return { node, refresh() {}, mark() {} }
  }

  const svg = svgElement('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: 'group',
    'aria-label': `${TITLE[kind]}: ${many(points.length, 'paper')}`
  })
  const caption = el('div', { class: 'cx-caption', 'aria-live': 'off' })
  const heaviest = links.reduce((most, { weight }) => Math.max(most, weight), 0)
  const lines = links.map(({ source, target, weight }) => svgElement('line', {
    class: 'cx-link',
    x1: points[source].x * WIDTH,
    y1: points[source].y * HEIGHT,
    x2: points[target].x * WIDTH,
    y2: points[target].y * HEIGHT,
    'stroke-width': 1.5 + weight / heaviest
  }))
  const radius = dotRadius(points.length)
  const dots = points.map(({ number, title, x, y }) => svgElement('circle', {
    class: 'cx-dot',
    role: 'button',
    tabindex: -1,
    'aria-label': title,
    'data-number': number,
    cx: x * WIDTH,
    cy: y * HEIGHT,
    r: radius
  }))
  const ring = svgElement('circle', { class: 'cx-ring', r: radius + 4 })
  svg.append(...lines, ...dots, ring)
  node.append(svg, caption, el('p', { class: 'cx-note' }, `${sentence} ${HEURISTIC[kind]}`))

  let stop = 0 // the dot that the tab key reaches
  let chosen = -1
  let pointed = -1

  /** @param {EventTarget | null} target */
  const indexOf = target => dots.findIndex(dot => dot === target)
  /** @param {MouseEvent} event */
  const indexAt = event => {
    const on = indexOf(event.target)
    const box = svg.getBoundingClientRect()
    return on < 0
      ? nearestTo(points, (event.clientX - box.left) / box.width,
        (event.clientY - box.top) / box.height)
      : on
  }
  /** @param {number} index */
  const stopAt = index => {
    dots[stop].setAttribute('tabindex', '-1')
    stop = index
    dots[stop].setAttribute('tabindex', '0')
  }
  /** @param {number | null} number */
  const mark = number => dots.forEach((dot, i) =>
    dot.classList.toggle('cx-marked', points[i].number === number))
  /** Tells of the dot that is pointed at, else of the chosen one. */
  const tell = () => {
    const told = pointed < 0 ? chosen : pointed
    const { near, by, titles } = linkedTo(kind, graph, told)
    svg.classList.toggle('cx-pointed', told >= 0)
    dots.forEach((dot, i) => dot.classList.toggle('cx-near', i === told || near.includes(i)))
    lines.forEach((line, i) => {
      const { source, target } = links[i]
      const other = source === told ? target : target === told ? source : -1
      line.classList.toggle('cx-near', near.includes(other))
    })
    const isPale = dots[told]?.classList.contains('cx-pale')
    caption.replaceChildren(...told < 0 ? [HINT[kind]] : [
      el('b', {}, points[told].title), isPale ? ` ${NOT_SHOWN}` : '', el('p', {}, by),
      el('ul', {}, ...titles.map(title => el('li', {}, title)))])
  }
  /** @param {number} index */
  const point = index => {
    if (index === pointed) return
    pointed = index
    mark(points[index]?.number ?? null)
    tell()
  }
  /** @param {number} index */
  const press = index => choose(index === chosen ? -1 : points[index].number)

  stopAt(0)
  // Not on the SVG: browsers make one that listens for the focus a tab stop of its own.
  node.addEventListener('focusin', ({ target }) => {
    stopAt(indexOf(target))
    point(stop)
  })
  node.addEventListener('focusout', () => point(-1))
  svg.addEventListener('pointermove', event => point(indexAt(event)))
  svg.addEventListener('pointerleave', () => point(indexOf(document.activeElement)))
  svg.addEventListener('click', event => {
    const index = indexAt(event)
    if (index >= 0) press(index)
  })
  svg.addEventListener('keydown', event => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const led = ledTo(points, stop, event.key)
    const presses = event.key === 'Enter' || event.key === ' '
    if (led < 0 && !presses) return
    event.preventDefault()
    if (presses) press(stop)
    else dots[led].focus()
  })

  return {
    node,
    mark,
    refresh(shown, number) {
      chosen = points.findIndex(point => point.number === number)
      const { x, y } = points[chosen] ?? { x: -1, y: -1 } // outside where none is chosen
      ring.setAttribute('cx', `${x * WIDTH}`)
      ring.setAttribute('cy', `${y * HEIGHT}`)
      if (chosen >= 0 && !node.contains(document.activeElement)) stopAt(chosen)
      dots.forEach((dot, i) => {
        const isPale = !shown.has(points[i].number)
        const { by, titles } = linkedTo(kind, graph, i)
        dot.classList.toggle('cx-pale', isPale)
        dot.setAttribute('aria-pressed', `${i === chosen}`)
        dot.setAttribute('aria-description',
          `${isPale ? `${NOT_SHOWN} ` : ''}${by} ${titles.join('; ')}`.trim())
      })
      tell()
    }
  }
}
