// The picture beside the list, in step with it.

import { MOST } from '../engine/graphs.js'
import { graphPicture } from '../pictures/graph.js'
import { largestCount, pressCell, replacePicture, timePicture } from '../pictures/time.js'
import { button, el } from './dom.js'

/** @import { GraphKind, State } from '../types.js' */
/** @import { Page, Part } from './app.js' */

const NAMES = /** @type {const} */ ({
  time: 'Time', map: 'Similar texts', network: 'Shared authors', citations: 'Citations'
})
/** What a pressed dot asks the list for, or opens. */
const CONDITION = /** @type {const} */ ({
  map: 'related_to', network: 'authors_of', citations: 'open'
})

/**
 * Returns the picture, and `point`, which highlights a paper in it.
 * @param {Page} page
 * @returns {Part & { point: (number: number | null) => void }}
 */
export function pictures(page) {
  const kinds = /** @type {State['picture'][]} */ (Object.keys(NAMES)).filter(kind =>
    kind !== 'citations' || page.config.tables.local_citations?.rows)
  const buttons = kinds.map(kind =>
    button(NAMES[kind], () => page.change({ picture: kind }, { replace: true })))
  /** @type {HTMLElement} */
  let drawing = el('div')
  /** @type {import('../pictures/graph.js').Picture | null} */
  let graph = null
  /** @type {unknown} */
  let drawn = null // what a graph is of; the same one is kept, and so is the focus in it
  /** @type {import('../pictures/time.js').Press | null} */
  let pressed = null
  const node = el('div', { class: 'cx-pictures', id: 'cx-pictures', tabIndex: -1 },
    el('div', { class: 'cx-kinds', role: 'group', 'aria-label': 'Picture' }, ...buttons), drawing)

  /** @param {HTMLElement} made */
  function put(made) {
    replacePicture(drawing, made)
    drawing = made
  }

  /** @type {import('../pictures/legend.js').Look} */
  const look = {
    themes: page.engine.themes, colours: page.config.colours, note: page.config.counts_note,
    choose: colour => page.change({ colour }, { replace: true })
  }

  const largest = largestCount(page.view, look.themes) // of all papers, so that one scale stays

  /** @param {GraphKind} kind */
  async function showGraph(kind) {
    const { config, engine, view } = page
    const whole = config.n <= MOST // is drawn whole, so that nothing moves
    const of = whole ? engine : view.numbers
    const asked = page.state[CONDITION[kind]]
    const [chosen] = asked ? await engine.numbersOf([asked]) : [-1]
    const shown = new Set(view.numbers)
    if (drawing.dataset.kind !== kind || drawn !== of) {
      const found = await engine.graph(kind, whole
        ? Array.from({ length: config.n }, (_, place) => place + 1)
        : Array.from(view.numbers))
      if (page.state.picture !== kind || page.view !== view) return
      graph = graphPicture(kind, found, look, number => choose(kind, number))
      drawn = of
      put(graph.node)
    }
    graph?.refresh(shown, chosen, page.state.colour)
  }

  /** @param {GraphKind} kind @param {number} number -1 where none is chosen any more */
  async function choose(kind, number) {
    const [entry] = number < 0 ? [] : await page.engine.entries([number])
    if (kind === 'citations') return page.open(entry?.work_id ?? '')
    // One of the two: what both leave is mostly nothing.
    page.change({ related_to: '', authors_of: '', [CONDITION[kind]]: entry?.work_id ?? '' })
  }

  /** @param {import('../pictures/time.js').Asked | null} asked */
  function chooseCell(asked) {
    const { patch, press } = pressCell(page.state, asked, pressed)
    pressed = press
    page.change(patch)
  }

  return {
    node,
    async show() {
      const side = node.closest('details')
      if (!side) return
      side.hidden = !page.view.numbers.length
      if (side.hidden || !side.open) return // drawn when it is unfolded
      const { picture } = page.state
      const kind = kinds.includes(picture) ? picture : 'time'
      buttons.forEach((each, place) =>
        each.setAttribute('aria-pressed', `${kinds[place] === kind}`))
      if (kind !== 'time') return showGraph(kind)
      graph = drawn = null
      put(timePicture(page.view, largest, look, page.state, chooseCell))
    },
    point(number) {
      graph?.mark(number)
    }
  }
}
