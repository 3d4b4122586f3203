// The map of similarity and the network of shared author names: dots that are buttons.

import { dotRadius, HEIGHT, WIDTH } from '../engine/layout.js'
import { el, many } from '../page/dom.js'

/** @import { Graph } from '../types.js' */
/** @typedef {'map' | 'network'} Kind */

const MOST_NAMES = 8
const REACH = 16 // how far from a dot the pointer still means it, as dots are small
const HINT = 'Point at a dot, or move with the arrow keys, to read its title. Pressed, it narrows ' +
  'the list to the works that it belongs to.'
const TITLE = { map: 'Map of similarity', network: 'Network of shared author names' }
const HEURISTIC = {
  map: 'A heuristic: linked works use the same rare words. Where a dot stands says no more.',
  network: 'A heuristic: linked works print an author name in equal spelling, ' +
    'which may be that of two people. A name of many works links each to the next.'
}

/**
 * Returns the sentence that says which works are drawn: '' where all are.
 * @param {Kind} kind
 * @param {Graph} graph
 */
export function drawnSentence(kind, { asked, points: { length } }) {
  if (asked === length) return length ? '' : 'There are no works to draw.'
  if (kind === 'map') {
    return length
      ? `The first ${length} of ${many(asked, 'work')} of this list.`
      : `No two of the ${many(asked, 'work')} of this list use the same rare words.`
  }
  return length
    ? `${length} of ${many(asked, 'work')} are drawn; works that share no author name are not.`
    : `None of the ${many(asked, 'work')} of this list shares an author name with another.`
}

/**
 * Returns what a point has in common with others: '' where nothing.
 * @param {Kind} kind
 * @param {Graph} graph
 * @param {number} index position of the point
 */
export function sharedSentence(kind, { links }, index) {
  const own = links.filter(link => link.source === index || link.target === index)
  if (!own.length) return ''
  const names = [...new Set(own.flatMap(link => link.names))]
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''
  const shares = kind === 'map' ? 'Shares rare words with' : 'Shares author names with'
  return `${shares} ${many(own.length, 'work')}: ${names.slice(0, MOST_NAMES).join(', ')}${more}.`
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

/** @param {Element} picture @returns {NodeListOf<SVGCircleElement>} */
function dotsOf(picture) {
  return picture.querySelectorAll('.cx-dot')
}

/**
 * Highlights the dot of a work, or with null none; the list calls it when an entry is pointed at.
 * @param {Element} picture
 * @param {number | null} number
 */
export function mark(picture, number) {
  for (const dot of dotsOf(picture)) {
    dot.classList.toggle('cx-marked', dot.dataset.number === String(number))
  }
}

/**
 * Fills the dots of the works that the list shows and rings the chosen one, in a picture that
 * stays: so the focus stays too.
 * @param {Element} picture
 * @param {Set<number>} shown
 * @param {number} chosen -1 where none is
 */
export function refresh(picture, shown, chosen) {
  const ring = picture.querySelector('.cx-ring')
  ring?.setAttribute('visibility', 'hidden')
  for (const dot of dotsOf(picture)) {
    const number = Number(dot.dataset.number)
    const pale = !shown.has(number)
    dot.classList.toggle('cx-pale', pale)
    dot.setAttribute('aria-pressed', String(number === chosen))
    dot.setAttribute('aria-description',
      `${dot.dataset.shared}${pale ? ' Not in this list.' : ''}`.trim())
    if (number === chosen && ring) {
      ring.setAttribute('visibility', 'visible')
      for (const at of ['cx', 'cy']) ring.setAttribute(at, dot.getAttribute(at) ?? '')
    }
  }
}

/**
 * Returns the picture of a graph, whose links name points by position.
 * @param {Kind} kind
 * @param {Graph} graph
 * @param {Set<number>} shown numbers of the works that the list shows
 * @param {number} chosen number of the chosen work, or -1
 * @param {(number: number) => void} choose gets -1 where the chosen work is pressed again
 * @returns {HTMLElement}
 */
export function graphPicture(kind, graph, shown, chosen, choose) {
  const picture = el('div', { class: 'cx-picture cx-graph' })
  const { links, points } = graph
  const sentence = drawnSentence(kind, graph)
  if (!points.length) {
    picture.append(el('p', { class: 'cx-note' }, sentence))
    return picture
  }

  const svg = svgElement('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: 'group',
    'aria-label': `${TITLE[kind]}: ${many(points.length, 'work')}`
  })
  const caption = el('p', { class: 'cx-caption', 'aria-live': 'off' }, HINT)
  const heaviest = links.reduce((most, { weight }) => Math.max(most, weight), 0)
  const lines = links.map(({ source, target, weight }) => svgElement('line', {
    class: 'cx-link',
    x1: points[source].x * WIDTH,
    y1: points[source].y * HEIGHT,
    x2: points[target].x * WIDTH,
    y2: points[target].y * HEIGHT,
    'stroke-opacity': 0.2 + (0.6 * weight) / heaviest
  }))
  const radius = dotRadius(points.length)
  const dots = points.map(({ number, title, x, y }, i) => svgElement('circle', {
    class: 'cx-dot',
    role: 'button',
    tabindex: -1,
    'aria-label': title,
    'data-number': number,
    'data-shared': sharedSentence(kind, graph, i),
    cx: x * WIDTH,
    cy: y * HEIGHT,
    r: radius
  }))
  svg.append(...lines, ...dots, svgElement('circle', { class: 'cx-ring', r: radius + 4 }))
  picture.append(svg, caption, el('p', { class: 'cx-note' }, `${sentence} ${HEURISTIC[kind]}`))
  refresh(picture, shown, chosen)

  let stop = Math.max(points.findIndex(point => point.number === chosen), 0)
  dots[stop].setAttribute('tabindex', '0')

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
  const tell = index => {
    mark(picture, points[index]?.number ?? null)
    lines.forEach((line, i) => line.classList.toggle(
      'cx-near', links[i].source === index || links[i].target === index))
    caption.replaceChildren(...index < 0 ? [HINT] : [
      el('b', {}, points[index].title), ` ${dots[index].getAttribute('aria-description')}`])
  }
  /** @param {number} index */
  const press = index => {
    const pressed = dots[index].getAttribute('aria-pressed') === 'true'
    choose(pressed ? -1 : points[index].number)
  }

  // Not on the SVG: browsers make one that listens for the focus a tab stop of its own.
  picture.addEventListener('focusin', ({ target }) => {
    dots[stop].setAttribute('tabindex', '-1')
    stop = indexOf(target)
    dots[stop].setAttribute('tabindex', '0')
    tell(stop)
  })
  picture.addEventListener('focusout', () => tell(-1))
  svg.addEventListener('pointermove', event => tell(indexAt(event)))
  svg.addEventListener('pointerleave', () => tell(indexOf(document.activeElement)))
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
  return picture
}
