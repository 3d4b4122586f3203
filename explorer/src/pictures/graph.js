// Pictures of works that belong together: dots that are buttons, in a plane to zoom into.

import { FEW, NEAREST } from '../engine/graphs.js'
import { dotRadius, HEIGHT, WIDTH } from '../engine/layout.js'
import { RELATED } from '../shared.js'
import { button, el, grouped, many } from '../page/dom.js'
import { legend } from './legend.js'
import { placeLabels } from './labels.js'

/** @import { Graph, GraphKind as Kind, State } from '../types.js' */
/** @import { Look } from './legend.js' */

const MOST_NAMES = 8
const MOST_TITLES = 5
const REACH = 16 // how far from a dot the pointer still means it, as dots are small
const DEEPEST = 12 // times as large
const STEP = 1.5
const STILL = 4 // px that a pointer may stray while it presses
const POINT = 'Point at a dot, or move with the arrow keys, to read its title. '
const NARROWS = `${POINT}Press it to list that paper and `
const HINT = {
  map: `${NARROWS}the ${RELATED} nearest to it, the nearest first.`,
  network: `${NARROWS}those that print one of its author names.`,
  citations: `${POINT}Press it to open the paper.`
}
const ZOOM = ' Zoom with the buttons, + and −, two fingers, or Ctrl and the wheel; drag to move.'
const TITLE = {
  map: 'Papers with similar texts',
  network: 'Papers that share author names',
  citations: 'Citing papers that cite one another'
}
const HONEST = {
  map: `A heuristic: a line joins a paper to one of the ${NEAREST} whose title and finding share ` +
    'the most rare words with its own. It is no citation, and no source says that the two ' +
    'belong together. Position means nothing beyond the lines.',
  network: 'A heuristic: a line joins papers that print an author name in equal spelling, which ' +
    `may be the name of two people. More than ${FEW} papers that share a name form a chain.`,
  citations: 'An arrow leads from a paper to one that it cites, as a source of this hub states ' +
    'it. A missing arrow does not say that there is no citation.'
}
const LINKED = { map: 'Nearest by the rare word', network: 'Linked by the author name' }
const NOT_SHOWN = 'Not in this list.'
/** What papers do that belong to another, one and several, and what those do that do not. */
const BELONGS = {
  network: ['shares author names but does', 'share author names but do', 'shares', 'share',
    'no author name', 'shares an author name with another'],
  citations: ['cites another or is cited but does', 'cite another or are cited but do', 'has',
    'have', 'no known citation among them', 'is known to cite another']
}

/**
 * Returns the sentence that says which papers are drawn: '' where all are.
 * @param {Kind} kind
 * @param {Graph} graph
 */
export function drawnSentence(kind, { asked, left, alone, points: { length } }) {
  if (!asked) return 'There are no papers to draw.'
  if (!length) return `None of ${many(asked, 'paper')} ${BELONGS[kind === 'map' ? 'network' : kind][5]}.`
  if (asked === length) return ''
  const drawn = `${grouped(length)} of ${many(asked, 'paper')} are drawn`
  if (kind === 'map') return `The first ${drawn}.`
  const [does, doing, has, have, none] = BELONGS[kind]
  return drawn +
    (left ? `; ${grouped(left)} more ${left === 1 ? does : doing} not fit` : '') +
    (alone ? `; ${grouped(alone)} ${alone === 1 ? has : have} ${left && kind === 'network' ? 'none' : none}` : '') + '.'
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
  const titles = near.slice(0, MOST_TITLES).map((place, at) => kind === 'citations'
    ? `${own[at].source === index ? 'cites' : 'is cited by'}: ${points[place].title}`
    : points[place].title)
  if (near.length > MOST_TITLES) titles.push(`and ${near.length - MOST_TITLES} more`)
  return { near, by: near.length ? linkedBy(kind, own, index) : '', titles }
}

/** @param {Kind} kind @param {Graph['links']} own @param {number} index */
function linkedBy(kind, own, index) {
  if (kind === 'citations') {
    const cites = own.filter(({ source }) => source === index).length
    return `Of the papers drawn it cites ${cites} and is cited by ${own.length - cites}:`
  }
  const names = [...new Set(own.flatMap(link => link.names))]
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''
  return `${LINKED[kind]}${names.length === 1 ? '' : 's'} ` +
    `${names.slice(0, MOST_NAMES).join(', ')}${more}:`
}

/**
 * Returns the position of the point nearest to a place of the picture, or -1 where none is near.
 * @param {{ x: number, y: number }[]} points
 * @param {number} x 0 to 1
 * @param {number} y 0 to 1
 * @param {number} [reach]
 */
export function nearestTo(points, x, y, reach = REACH) {
  let [best, least] = [-1, reach]
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
 * Returns a part of the picture, enlarged about a place that stays where it is, and moved; it
 * never shows what is beside the picture.
 * @param {Window} window
 * @param {number} times how many times as large as the whole picture it is
 * @param {{ x: number, y: number }} about 0 to 1 in what is seen
 * @param {{ x: number, y: number }} [moved] by how much of what is seen
 * @returns {Window}
 */
export function zoomed({ times: before, left, top }, times, about, moved = { x: 0, y: 0 }) {
  const k = Math.min(Math.max(times, 1), DEEPEST)
  /** @param {number} start @param {'x' | 'y'} axis */
  const startAt = (start, axis) =>
    Math.min(Math.max(start + about[axis] / before - (about[axis] + moved[axis]) / k, 0), 1 - 1 / k)
  return { times: k, left: startAt(left, 'x'), top: startAt(top, 'y') }
}

/** @typedef {{ times: number, left: number, top: number }} Window the part that is seen */

/**
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | number>} attributes
 */
function svgElement(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name)
  setAll(element, attributes)
  return element
}

/** @param {Element} element @param {Record<string, string | number>} attributes */
function setAll(element, attributes) {
  for (const key in attributes) element.setAttribute(key, String(attributes[key]))
}

/**
 * A picture: its element; `refresh`, which fills the dots of the papers that the list shows, rings
 * the chosen one (-1 for none) and colours all, in place, so that the focus stays; and `mark`,
 * which highlights the dot of a paper (null for none) while its entry in the list is pointed at.
 * @typedef {object} Picture
 * @property {HTMLElement} node
 * @property {(shown: Set<number>, chosen: number, colour: State['colour']) => void} refresh
 * @property {(number: number | null) => void} mark
 */

/**
 * Returns the picture of a graph, whose links name points by position.
 * @param {Kind} kind
 * @param {Graph} graph
 * @param {Look} look
 * @param {(number: number) => void} choose gets -1 where the chosen paper is pressed again
 * @returns {Picture}
 */
export function graphPicture(kind, graph, look, choose) {
  const node = el('div', { class: 'cx-picture cx-graph', 'data-kind': kind })
  const { links, points } = graph
  const sentence = drawnSentence(kind, graph)
  if (!points.length) {
    node.append(el('p', { class: 'cx-note' }, sentence))
    return { node, refresh() {}, mark() {} }
  }

  const svg = svgElement('svg', {
    role: 'group', 'aria-label': `${TITLE[kind]}: ${many(points.length, 'paper')}`
  })
  const caption = el('div', { class: 'cx-caption', 'aria-live': 'off' })
  const colours = legend(graph, look)
  const heaviest = links.reduce((most, { weight }) => Math.max(most, weight), 0)
  const lines = links.map(({ weight }) => svgElement('line', {
    class: 'cx-link',
    'stroke-width': kind === 'map' ? 1 + weight / heaviest : 1.3,
    ...kind === 'citations' ? { 'marker-end': 'url(#cx-arrow)' } : {}
  }))
  const dots = points.map(({ number, title }) => svgElement('circle', {
    class: 'cx-dot', role: 'button', tabindex: -1, 'aria-label': title, 'data-number': number
  }))
  const labels = points.map(({ label }) => {
    const text = svgElement('text', { class: 'cx-label', 'aria-hidden': 'true' })
    text.textContent = label
    return text
  })
  const ring = svgElement('circle', { class: 'cx-ring' })
  const arrow = svgElement('marker', {
    id: 'cx-arrow', viewBox: '0 0 6 6', refX: 6, refY: 3, markerWidth: 6, markerHeight: 6,
    markerUnits: 'userSpaceOnUse', orient: 'auto'
  })
  arrow.append(svgElement('path', { d: 'M0 0 6 3 0 6z' }))
  svg.append(...kind === 'citations' ? [arrow] : [], ...lines, ...dots, ring, ...labels)
  /** @param {string} sign @param {string} label @param {() => void} press */
  const zoomButton = (sign, label, press) =>
    button(sign, press, { 'aria-label': label, title: label })
  const frame = el('div', {}, svg)
  node.append(el('p', { class: 'cx-heading' }, TITLE[kind]), frame,
    el('div', { class: 'cx-controls' }, colours.buttons,
      zoomButton('+', 'Zoom in', () => zoom(seen.times * STEP)),
      zoomButton('−', 'Zoom out', () => zoom(seen.times / STEP)),
      zoomButton('⤢', 'Show the whole picture', () => zoom(1))),
    colours.list, caption, ...[`${sentence} ${HONEST[kind]}`.trim(), colours.sizes].map(text =>
      el('p', { class: 'cx-note' }, text)))

  let stop = 0 // the dot that the tab key reaches
  let chosen = -1
  let pointed = -1
  let marked = -1
  /** @type {Window} */
  let seen = { times: 1, left: 0, top: 0 }
  /** @type {number[]} */
  let near = [] // to what is told of
  /** @type {number[]} */
  const widths = [] // of labels, in px
  /** @type {{ x: number, y: number, r: number }[]} */
  let placed = [] // the dots, in px
  const bySize = points.map((_, i) => i).sort((one, two) => points[two].size - points[one].size)

  /** @param {EventTarget | null} target */
  const indexOf = target => dots.findIndex(dot => dot === target)
  /** @param {MouseEvent} event where the pointer is in the picture that is seen */
  const at = ({ clientX, clientY }) => {
    const { left, top, width, height } = svg.getBoundingClientRect()
    return { x: (clientX - left) / width, y: (clientY - top) / height }
  }
  /** @param {MouseEvent} event */
  const indexAt = event => {
    const on = indexOf(event.target)
    const { x, y } = at(event)
    const { times, left, top } = seen
    return on < 0 ? nearestTo(points, left + x / times, top + y / times, REACH / times) : on
  }
  /** @param {number} index */
  const stopAt = index => {
    dots[stop].setAttribute('tabindex', '-1')
    stop = index
    dots[stop].setAttribute('tabindex', '0')
  }
  const told = () => pointed < 0 ? chosen : pointed

  /** Puts everything in its place, in px, so that dots and labels stay small however large. */
  const place = () => {
    const width = svg.clientWidth || WIDTH
    const height = width * HEIGHT / WIDTH
    const { times, left, top } = seen
    const usual = dotRadius(points.length) * width / WIDTH * times ** 0.25
    placed = points.map(({ x, y, size }) => ({
      x: (x - left) * times * width, y: (y - top) * times * height, r: usual * size
    }))
    placed.forEach(({ x, y, r }, i) => setAll(dots[i], { cx: x, cy: y, r }))
    links.forEach(({ source, target }, i) => {
      const [from, to] = [placed[source], placed[target]]
      const far = Math.hypot(to.x - from.x, to.y - from.y)
      const short = kind === 'citations' && far ? Math.min(to.r + 2, far) / far : 0
      setAll(lines[i], {
        x1: from.x, y1: from.y,
        x2: to.x - (to.x - from.x) * short, y2: to.y - (to.y - from.y) * short
      })
    })
    const { x, y, r } = placed[chosen] ?? { x: -99, y: -99, r: 0 } // outside where none is chosen
    setAll(ring, { cx: x, cy: y, r: r + 4 })
    name(width, height)
  }
  /** Names what is told of, and as many others as fit. */
  const name = (width = svg.clientWidth, height = width * HEIGHT / WIDTH) => {
    labels.forEach((label, i) => {
      label.classList.toggle('cx-near', i === told() || near.includes(i))
      widths[i] ||= label.getComputedTextLength()
    })
    const first = [told(), marked, ...near].filter(i => i >= 0)
    const others = bySize.filter(i => !dots[i].classList.contains('cx-pale'))
    const places = placeLabels(placed, widths, first, others, width, height)
    labels.forEach((label, i) => {
      const spot = places.get(i)
      label.toggleAttribute('hidden', !spot)
      if (spot) setAll(label, spot)
    })
  }
  /** @param {number} times @param {{ x: number, y: number }} [about] @param {{ x: number, y: number }} [moved] */
  const zoom = (times, about = { x: 0.5, y: 0.5 }, moved) => {
    seen = zoomed(seen, times, about, moved)
    svg.classList.toggle('cx-zoomed', seen.times > 1)
    place()
  }
  /** @param {number} index in what is seen, 0 to 1 both ways */
  const seenAt = index => ({
    x: (points[index].x - seen.left) * seen.times, y: (points[index].y - seen.top) * seen.times
  })
  /** @param {number | null} number */
  const mark = number => {
    const index = points.findIndex(point => point.number === number)
    if (index === marked) return
    marked = index
    dots.forEach((dot, i) => dot.classList.toggle('cx-marked', i === marked))
    name()
  }
  /** Tells of the dot that is pointed at, else of the chosen one. */
  const tell = () => {
    const index = told()
    const linked = linkedTo(kind, graph, index)
    near = linked.near
    svg.classList.toggle('cx-pointed', index >= 0)
    dots.forEach((dot, i) => dot.classList.toggle('cx-near', i === index || near.includes(i)))
    lines.forEach((line, i) => {
      const { source, target } = links[i]
      const other = source === index ? target : target === index ? source : -1
      line.classList.toggle('cx-near', near.includes(other))
    })
    if (index < 0) return caption.replaceChildren(HINT[kind] + ZOOM)
    const { title, cited } = points[index]
    const isPale = dots[index].classList.contains('cx-pale')
    caption.replaceChildren(el('b', {}, title), isPale ? ` ${NOT_SHOWN}` : '',
      cited === null ? '' : ` Cited by ${many(cited, 'work')}.`, el('p', {}, linked.by),
      el('ol', {}, ...linked.titles.map(each => el('li', {}, each))))
  }
  /** @param {number} index */
  const point = index => {
    if (index === pointed) return
    pointed = index
    tell()
    mark(points[index]?.number ?? null)
  }
  /** @param {number} index */
  const press = index => choose(index === chosen ? -1 : points[index].number)

  stopAt(0)
  // Not on the SVG: browsers make one that listens for the focus a tab stop of its own.
  frame.addEventListener('focusin', ({ target }) => {
    const index = indexOf(target)
    if (index < 0) return
    stopAt(index)
    const { x, y } = seenAt(index)
    if (Math.min(x, y) < 0 || Math.max(x, y) > 1) zoom(seen.times, { x, y }, { x: 0.5 - x, y: 0.5 - y })
    point(index)
  })
  frame.addEventListener('focusout', () => point(-1))
  /** @type {Map<number, { x: number, y: number }>} */
  const down = new Map() // pointers that press, and where
  let strayed = 0 // px since the first of them
  svg.addEventListener('pointerdown', event => {
    if (!down.size) strayed = 0
    down.set(event.pointerId, at(event))
  })
  svg.addEventListener('pointermove', event => {
    const before = down.get(event.pointerId)
    if (!before) return point(indexAt(event))
    const now = at(event)
    const [other] = [...down].flatMap(([id, where]) => id === event.pointerId ? [] : [where])
    const moved = { x: now.x - before.x, y: now.y - before.y }
    strayed += Math.hypot(moved.x, moved.y) * svg.clientWidth
    if (strayed <= STILL) return
    down.set(event.pointerId, now)
    svg.setPointerCapture(event.pointerId)
    if (!other) return zoom(seen.times, before, moved)
    const far = (/** @type {typeof now} */ { x, y }) => Math.hypot(x - other.x, y - other.y)
    zoom(seen.times * far(now) / (far(before) || 1), other)
  })
  for (const type of ['pointerup', 'pointercancel', 'pointerleave']) {
    svg.addEventListener(type, event =>
      down.delete(/** @type {PointerEvent} */ (event).pointerId))
  }
  svg.addEventListener('pointerleave', () => point(indexOf(document.activeElement)))
  svg.addEventListener('wheel', event => {
    const isMeant = event.ctrlKey || event.metaKey || svg.contains(document.activeElement)
    const times = seen.times * 2 ** (-event.deltaY / (event.ctrlKey ? 100 : 300))
    if (!isMeant || !event.ctrlKey && times < 1 && seen.times === 1) return // the page scrolls
    event.preventDefault()
    zoom(times, at(event))
  }, { passive: false })
  svg.addEventListener('click', event => {
    const index = strayed > STILL ? -1 : indexAt(event)
    if (index >= 0) press(index)
  })
  svg.addEventListener('keydown', event => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const led = ledTo(points, stop, event.key)
    const presses = event.key === 'Enter' || event.key === ' '
    const times = { '+': seen.times * STEP, '=': seen.times * STEP, '-': seen.times / STEP, 0: 1 }[event.key]
    if (led < 0 && !presses && !times) return
    event.preventDefault()
    if (times) zoom(times, seenAt(stop))
    else if (presses) press(stop)
    else dots[led].focus()
  })
  new ResizeObserver(place).observe(svg)

  return {
    node,
    mark,
    refresh(shown, number, colour) {
      chosen = points.findIndex(point => point.number === number)
      if (chosen >= 0 && !node.contains(document.activeElement)) stopAt(chosen)
      colours.paint(colour, dots)
      dots.forEach((dot, i) => {
        const isPale = !shown.has(points[i].number)
        const { by, titles } = linkedTo(kind, graph, i)
        dot.classList.toggle('cx-pale', isPale)
        dot.setAttribute('aria-pressed', `${i === chosen}`)
        dot.setAttribute('aria-description',
          `${isPale ? `${NOT_SHOWN} ` : ''}${by} ${titles.join('; ')}`.trim())
      })
      tell()
      place()
    }
  }
}
