// The list of papers.

import { noConditions, OF_PASSAGES, without } from './conditions.js'
import { arrange, button, el, grouped, many } from './dom.js'
import { makeItem } from './entry.js'

/** @import { State } from '../types.js' */
/** @import { Item } from './entry.js' */
/** @import { LargeList, LargeListMaker } from './large_list.js' */
/** @import { Page, Part } from './app.js' */

const MOST = 2000 // entries that stand in the page at once
const CHUNK = 100 // entries that are made before the browser gets a turn

const makeEntries = () => el('ol', { class: 'cx-list', role: 'list', 'aria-label': 'Papers' })

/**
 * Returns the list; the plain one may stand in it until the first papers are there.
 * @param {Page} page
 * @param {LargeListMaker} [largeList] for hubs of more papers than stand in the page at once
 * @returns {Part}
 */
export function list(page, largeList) {
  const apart = el('div', { class: 'cx-apart' })
  const joined = el('p', { class: 'cx-note', hidden: true },
    'A paper counts if any of its passages has each value; it need not be the same passage.')
  const node = el('section', {
    class: 'cx-papers', id: 'cx-papers', tabIndex: -1, 'aria-label': 'Papers'
  }, joined, apart)
  const none = el('p', { class: 'cx-none' })
  const cut = el('p', { class: 'cx-cut' }, 'Only the papers in sight are printed; ' +
    `narrow the list to ${grouped(MOST)} or fewer to print all of it.`)
  let entries = makeEntries()
  /** @type {Map<number, Item>} */
  const items = new Map()
  /** @type {Item[]} */
  let placed = []
  /** @type {Item | null} */
  let outside = null
  /** @type {LargeList | null} */
  let large = null
  /** @type {Int32Array | null} */
  let shown = null
  let opened = -1
  let haveLabels = false

  /** @param {number[]} numbers */
  const makeItems = async numbers =>
    (await page.engine.entries(numbers, isByLabel())).map(entry => makeItem(entry, page))
  /** Tells whether an entry needs the labels of its passages, to show the one that is asked for. */
  const isByLabel = () => OF_PASSAGES.some(name => name !== 'section' && page.state[name].length)

  /** @param {Int32Array} numbers */
  async function showSmall(numbers) {
    const target = large ? makeEntries() : entries
    large?.stop()
    large = null
    if (items.size > MOST || isByLabel() && !haveLabels) items.clear()
    haveLabels = isByLabel()
    /** @type {Item[]} */
    const next = []
    for (let from = 0; from < numbers.length || !from; from += CHUNK) {
      if (from) await new Promise(resolve => setTimeout(resolve))
      const chunk = Array.from(numbers.subarray(from, from + CHUNK))
      const missing = chunk.filter(number => !items.has(number))
      if (missing.length) {
        const made = await makeItems(missing)
        if (numbers !== shown) return
        made.forEach((item, place) => items.set(missing[place], item))
      }
      for (const number of chunk) next.push(/** @type {Item} */ (items.get(number)))
      for (const item of next.slice(from)) item.show()
      placed = next
      arrange(target, next.map(item => item.node))
      replaceEntries(target)
    }
  }

  /** @param {Int32Array} numbers @param {LargeListMaker} makeList */
  async function showLarge(numbers, makeList) {
    placed = []
    items.clear()
    if (!large) {
      const target = makeEntries()
      large = makeList(target, makeItems, page.stop)
      replaceEntries(target)
    }
    await large.show(numbers)
  }

  /** @param {HTMLOListElement} target */
  function replaceEntries(target) {
    entries = target
    arrange(node, [joined, apart, ...large ? [cut] : [], entries, ...shown?.length ? [] : [none]])
    if (!shown?.length) showNone()
  }

  function showNone() {
    /** @param {string} label @param {Partial<State>} patch */
    const offer = (label, patch) => button(label, () => {
      page.change(patch)
      document.getElementById('cx-search')?.focus()
    })
    const words = page.state.search.split(/\s+/)
    const year = words.find(word => /^(19\d\d|20\d\d|2100)$/.test(word))
    none.replaceChildren(page.view.isCanonical ? 'The cited work itself matches the search. ' : '',
      `This list has ${many(page.config.n, 'paper')}; none of them has what you ask ` +
      'for. Other papers may cite the work, too: the list holds those that its sources name. ',
      ...year ? [offer(`Filter by year ${year} instead`, {
        search: without(words, year).join(' '), year: [Number(year), Number(year)]
      }), ' '] : [],
      offer('Clear all conditions', noConditions()))
  }

  /** Returns whether it came to its end: what is asked for later is shown later. */
  async function showApart() {
    const { state: { open }, view } = page
    const [number] = open ? await page.engine.numbersOf([open]) : [-1]
    const isApart = number >= 0 && !view.numbers.includes(number)
    const [made] = isApart && outside?.number !== number ? await makeItems([number]) : [outside]
    if (open !== page.state.open || view !== page.view) return false
    opened = number
    outside = isApart ? made : null
    outside?.show()
    apart.replaceChildren(...outside ? [
      el('p', {}, 'The open paper does not meet the conditions:'),
      el('ol', { class: 'cx-list', role: 'list', 'aria-label': 'Open paper' }, outside.node)
    ] : [])
    return true
  }

  function goOn() {
    const { goTo } = page
    page.goTo = ''
    if (goTo === 'search' && !scrollY) { // else the reader is on the way already
      const search = document.getElementById('cx-search')
      search?.focus({ preventScroll: true })
      search?.closest('.cx-head')?.scrollIntoView()
    }
    if (goTo === 'list' && node.getBoundingClientRect().top < 0) node.scrollIntoView()
    if (goTo !== 'open' || opened < 0) return
    const item = outside ?? placed.find(({ number }) => number === opened)
    if (!item) return large?.goTo(opened)
    item.opener.focus({ preventScroll: true })
    item.node.scrollIntoView()
    // Entries before it that are drawn only now may be higher than they were taken to be.
    requestAnimationFrame(() => requestAnimationFrame(() => item.node.scrollIntoView()))
  }

  return {
    node,
    async show() {
      const { numbers } = page.view
      if (numbers === shown) {
        for (const item of large?.items() ?? placed) item.show()
      } else {
        shown = numbers
        joined.hidden = OF_PASSAGES.filter(name => page.state[name].length).length < 2
        await (largeList && numbers.length > MOST
          ? showLarge(numbers, largeList)
          : showSmall(numbers))
        if (numbers !== shown) return
      }
      if (await showApart()) goOn()
    }
  }
}
