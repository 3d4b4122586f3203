// A list of which only the entries in sight are in the page.

import {
  defaultRangeExtractor, measureElement, observeWindowOffset, observeWindowRect, Virtualizer,
  windowScroll
} from '@tanstack/virtual-core'
import { arrange } from './dom.js'

/** @import { Range, VirtualItem, VirtualizerOptions } from '@tanstack/virtual-core' */
/** @import { Item } from './entry.js' */

/**
 * @typedef {object} LargeList
 * @property {(numbers: Int32Array) => Promise<void>} show settles once the first entries are there
 * @property {() => Iterable<Item>} items those in the page
 * @property {(number: number) => void} goTo scrolls to a paper and gives it the focus
 * @property {() => void} stop
 */

/** @typedef {typeof largeList} LargeListMaker */

const ESTIMATE = 150 // px, height of an entry that was not measured yet
const BEYOND = 5 // entries above and below those in sight

/**
 * Fills a list with what is in sight of it.
 * @param {HTMLElement} list in the page already
 * @param {(numbers: number[]) => Promise<Item[]>} makeItems
 * @param {(error: unknown) => void} stop where entries cannot be made while scrolling
 * @returns {LargeList}
 */
export function largeList(list, makeItems, stop) {
  /** @type {Int32Array} */
  let numbers = new Int32Array()
  /** @type {Map<number, Item>} by place in the list */
  let items = new Map()
  let wanted = -1 // place of the entry to be given the focus
  let isMaking = false
  list.classList.add('cx-large')

  const top = () => list.getBoundingClientRect().top + scrollY
  /** @param {Element | null} node */
  const placeOf = node => {
    const item = node?.closest('.cx-large > *')
    return item && list.contains(item) ? Number(item.getAttribute('data-index')) : -1
  }
  /** @returns {VirtualizerOptions<Window, HTMLElement>} */
  const options = () => ({
    count: numbers.length,
    getScrollElement: () => window,
    estimateSize: () => ESTIMATE,
    getItemKey: (/** @type {number} */ place) => numbers[place],
    overscan: BEYOND,
    scrollMargin: top(),
    // Below the header of the site, which stays.
    scrollPaddingStart: parseFloat(getComputedStyle(list).scrollMarginTop) +
      (parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0),
    initialOffset: scrollY,
    rangeExtractor,
    measureElement,
    scrollToFn: windowScroll,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    onChange: () => { render().catch(stop) }
  })
  /** @type {Virtualizer<Window, HTMLElement>} */
  const virtualizer = new Virtualizer(options())
  const resized = new ResizeObserver(() => {
    if (Math.abs(virtualizer.options.scrollMargin - top()) > 1) virtualizer.setOptions(options())
  })

  /**
   * The entry that has the focus stays, with those beside it, so that Tab leads on from there.
   * @param {Range} range
   */
  function rangeExtractor(range) {
    const places = defaultRangeExtractor(range)
    const focused = placeOf(document.activeElement)
    for (const place of focused < 0 ? [] : [focused - 1, focused, focused + 1]) {
      if (place >= 0 && place < numbers.length && !places.includes(place)) places.push(place)
    }
    return places.sort((one, two) => one - two)
  }

  async function render() {
    const rows = virtualizer.getVirtualItems()
    list.style.height = `${virtualizer.getTotalSize()}px`
    place(rows)
    const missing = rows.map(row => row.index).filter(index => !items.has(index))
    if (!missing.length || isMaking) return
    isMaking = true
    const asked = numbers
    const made = await makeItems(missing.map(index => asked[index]))
      .finally(() => { isMaking = false })
    if (asked === numbers) made.forEach((item, at) => items.set(missing[at], item))
    await render() // what is in sight may have changed
  }

  /** @param {VirtualItem[]} rows */
  function place(rows) {
    const places = new Set(rows.map(row => row.index))
    for (const index of items.keys()) if (!places.has(index)) items.delete(index)
    /** @type {HTMLElement[]} */
    const nodes = []
    for (const { index, start } of rows) {
      const item = items.get(index)
      if (!item) continue
      const { node } = item
      node.style.transform = `translateY(${start - virtualizer.options.scrollMargin}px)`
      node.dataset.index = `${index}`
      node.ariaPosInSet = `${index + 1}`
      node.ariaSetSize = `${numbers.length}`
      item.show()
      nodes.push(node)
    }
    if (rows.length && !nodes.length) return // the new entries are on their way
    arrange(list, nodes)
    for (const node of nodes) virtualizer.measureElement(node)
    virtualizer.measureElement(null) // lets go of those that have left
    const item = items.get(wanted)
    if (!item) return
    wanted = -1
    item.opener.focus({ preventScroll: true })
  }

  return {
    async show(found) {
      numbers = found
      items = new Map()
      virtualizer.setOptions(options())
      virtualizer._willUpdate()
      resized.observe(document.body)
      await render()
    },
    items: () => items.values(),
    goTo(number) {
      wanted = numbers.indexOf(number)
      virtualizer.scrollToIndex(wanted, { align: 'start' })
      render().catch(stop)
    },
    stop() {
      resized.disconnect()
      virtualizer._didMount()()
    }
  }
}
