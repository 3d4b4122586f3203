// The picture beside the list, in step with it.

import { MOST } from '../engine/graphs.js'
import { graphPicture } from '../pictures/graph.js'
import { pressCell, replacePicture, timePicture } from '../pictures/time.js'
import { button, el } from './dom.js'

/** @import { State } from '../types.js' */
/** @import { Page, Part } from './app.js' */

const NAMES = /** @type {const} */ ({ time: 'Time', map: 'Map', network: 'Network' })
/** What a pressed dot asks the list for. */
const CONDITION = /** @type {const} */ ({ map: 'related_to', network: 'authors_of' })

/**
 * Returns the picture, and `point`, which highlights a paper in it.
 * @param {Page} page
 * @returns {Part & { point: (number: number | null) => void }}
 */
export function pictures(page) {
  const kinds = /** @type {State['picture'][]} */ (Object.keys(NAMES))
  const buttons = kinds.map(kind =>
    button(NAMES[kind], () => page.change({ picture: kind }, { replace: true })))
  /** @type {HTMLElement} */
  let picture = el('div')
  /** @type {import('../pictures/graph.js').Picture | null} */
  let graph = null
  /** @type {unknown} */
  let drawn = null // what a graph is of; the same one is kept, and so is the focus in it
  /** @type {import('../pictures/time.js').Press | null} */
  let pressed = null
  const node = el('div', { class: 'cx-pictures' },
    el('div', { class: 'cx-kinds', role: 'group', 'aria-label': 'Picture' }, ...buttons), picture)

  /** @param {HTMLElement} made */
  function put(made) {
    replacePicture(picture, made)
    picture = made
  }

  /** @param {'map' | 'network'} kind */
  async function showGraph(kind) {
    const { config, engine, view } = page
    const whole = config.n <= MOST // is drawn whole, so that nothing moves
    const of = whole ? engine : view.numbers
    const asked = page.state[CONDITION[kind]]
    const [chosen] = asked ? await engine.numbersOf([asked]) : [-1]
    const shown = new Set(view.numbers)
    if (picture.dataset.kind !== kind || drawn !== of) {
      const found = await engine.graph(kind, whole
        ? Array.from({ length: config.n }, (_, place) => place + 1)
        : Array.from(view.numbers))
      if (page.state.picture !== kind || page.view !== view) return
      graph = graphPicture(kind, found, number => choose(kind, number))
      drawn = of
      put(graph.node)
    }
    graph?.refresh(shown, chosen)
  }

  /** @param {'map' | 'network'} kind @param {number} number -1 where none is chosen any more */
  async function choose(kind, number) {
    const [entry] = number < 0 ? [] : await page.engine.entries([number])
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
      if (!node.closest('details')?.open) return // drawn when it is unfolded
      const { picture: kind } = page.state
      buttons.forEach((each, place) =>
        each.setAttribute('aria-pressed', `${kinds[place] === kind}`))
      if (kind !== 'time') return showGraph(kind)
      graph = drawn = null
      put(timePicture(page.view, page.engine.themes, page.state, chooseCell))
    },
    point(number) {
      graph?.mark(number)
    }
  }
}
