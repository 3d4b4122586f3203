// Where the parts stand, and the keys of the whole page.

import { el } from './dom.js'

/** @import { Part } from './app.js' */
/** @import { SearchBox } from './toolbar.js' */

const NARROW = 760 // px of the explorer, as in the style sheet
const WIDE = 1120

/**
 * @typedef {Record<'toolbar' | 'compare' | 'facets' | 'exporting' | 'selection' | 'list', Part>
 *   & { pictures: ReturnType<typeof import('./pictures.js').pictures> }} Parts
 */

/**
 * Returns the frame of the page with the search alone, as long as the data is on its way.
 * @param {SearchBox} box
 */
export function makeFrame(box) {
  const head = el('div', { class: 'cx-head' }, box.node)
  const main = el('div', { class: 'cx-main' })
  return { node: el('div', { class: 'cx-ui' }, head, main), head, main }
}

/**
 * Fills the frame; what does not fit beside the list is folded above it.
 * @param {ReturnType<typeof makeFrame>} frame
 * @param {Parts} parts
 * @param {...HTMLElement} told what is told, below the toolbar
 */
export function fillFrame({ node, head, main }, parts, ...told) {
  const { compare, facets, exporting, selection, list, pictures } = parts
  const filters = el('details', { class: 'cx-filters' }, el('summary', {}, 'Filters'), facets.node)
  const side = el('details', { class: 'cx-side', ontoggle: pictures.show },
    el('summary', {}, 'Pictures'), el('section', { 'aria-label': 'Pictures' }, pictures.node))
  head.append(...told, compare.node)
  main.append(exporting.node, selection.node, list.node)
  main.before(filters)
  main.after(side)
  const point = (/** @type {Event} */ { target }) => {
    const entry = target instanceof Element && target.closest('.cx-item')
    pictures.point(entry instanceof HTMLElement ? Number(entry.dataset.number) : null)
  }
  for (const type of ['pointerover', 'focusin']) list.node.addEventListener(type, point)
  list.node.onpointerleave = () => pictures.point(null)
  let before = 0
  new ResizeObserver(([{ contentRect: { width } }]) => {
    for (const [details, least] of /** @type {const} */ ([[filters, NARROW], [side, WIDE]])) {
      const isNew = width >= least !== before >= least
      if (isNew) details.open = width >= least || details.contains(document.activeElement)
    }
    before = width
  }).observe(node)
}

/**
 * The key `/` leads to the search, unless somebody is typing.
 * @param {AbortSignal} signal
 */
export function listenToKeys(signal) {
  document.addEventListener('keydown', event => {
    const { target } = event
    const isTyping = target instanceof HTMLElement && (target.isContentEditable ||
      target.matches('input:not([type=checkbox], [type=radio]), select, textarea'))
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping) return
    event.preventDefault()
    event.stopImmediatePropagation() // Sphinx has a search of its own on this key
    document.getElementById('cx-search')?.focus()
  }, { capture: true, signal })
}
