// Search, order, how many there are, and the conditions that are set.

import { LONGEST } from '../state/address.js'
import { cleanLine } from '../text/text.js'
import { markedTitle } from '../text/work.js'
import { activeConditions, noConditions } from './conditions.js'
import { arrange, button, el, grouped, many, setText } from './dom.js'

/** @import { State, View } from '../types.js' */
/** @import { Chip } from './conditions.js' */
/** @import { Page, Part } from './app.js' */

const SORTS = {
  hub: 'hub order', newest: 'newest first', oldest: 'oldest first', title: 'title',
  'most-cited': 'most cited'
}

/** @typedef {ReturnType<typeof searchBox>} SearchBox the toolbar before there is data */

/**
 * Returns where a search is typed, also while the data is on its way.
 * @param {string} value
 * @param {number} n papers that are on their way
 */
export function searchBox(value, n) {
  const input = el('input', {
    type: 'search', id: 'cx-search', autocomplete: 'off', spellcheck: false, maxLength: LONGEST,
    placeholder: 'Title, author, finding, why it cites, identifier', 'aria-keyshortcuts': '/', value
  })
  const found = el('span', { class: 'cx-found', 'aria-hidden': 'true' },
    `Loading ${many(n, 'paper')}`)
  const ask = el('div', { class: 'cx-ask', role: 'search' },
    el('label', { for: 'cx-search' }, 'Search'), input, found)
  return { node: el('div', { class: 'cx-tools' }, ask), input, found }
}

/**
 * Makes the box the whole toolbar.
 * @param {Page} page
 * @param {SearchBox} box
 * @returns {Part}
 */
export function toolbar(page, { node, input: search, found }) {
  search.oninput = () => find(search.value)
  search.onkeydown = event => {
    if (event.key !== 'Escape' || !search.value) return
    event.preventDefault()
    find(search.value = '')
  }
  const sort = el('select', {
    id: 'cx-sort',
    onchange: () => page.change({ sort: /** @type {State['sort']} */ (sort.value) })
  })
  const skips = ['papers', 'pictures'].map(name => el('a', {
    href: `#cx-${name}`, class: 'cx-skip-to',
    onclick: (/** @type {Event} */ event) => {
      event.preventDefault() // the address is that of the state
      const part = document.getElementById(`cx-${name}`)
      const folded = part?.closest('details')
      if (folded) folded.open = true
      part?.focus({ preventScroll: true })
      part?.scrollIntoView()
    }
  }, `Skip to the ${name}`))
  const chips = el('ul', { class: 'cx-chips', 'aria-label': 'Conditions' })
  const clear = button('Clear all', () => {
    page.change(noConditions())
    search.focus()
  }, { class: 'cx-clear', hidden: true })
  /** @type {Map<string, string>} */
  const titles = new Map()

  /** @param {string} text */
  function find(text) {
    const search = text.trim()
    if (search !== page.state.search) page.change({ search }, { typing: true })
  }

  /** @param {string} workId */
  function titleOf(workId) {
    const title = titles.get(workId)
    if (title === undefined) {
      titles.set(workId, workId)
      page.engine.numbersOf([workId]).then(page.engine.entries).then(([entry]) => {
        titles.set(workId, markedTitle(entry))
        showChips()
      }).catch(page.stop)
    }
    return title ?? workId
  }

  /** @param {Chip} chip */
  const chipButton = ({ text, patch }) => button(text, () => page.change(patch), {
    class: 'cx-chip', 'aria-label': `Remove ${text}`
  })

  function showChips() {
    const active = activeConditions(page.state, page.view.counts, titleOf)
    const buttons = [...chips.querySelectorAll('button')]
    if (`${buttons.map(each => each.textContent)}` === `${active.map(({ text }) => text)}`) return
    const focused = buttons.findIndex(each => each === document.activeElement)
    const made = active.map(chipButton)
    chips.replaceChildren(...made.map(each => el('li', {}, each)))
    clear.hidden = !made.length
    if (focused >= 0) (made[Math.min(focused, made.length - 1)] ?? search).focus()
  }

  found.before(...skips,
    el('span', { class: 'cx-order' }, el('label', { for: 'cx-sort' }, 'Sort by'), sort))
  const counts = el('p', { class: 'cx-note' }, cleanLine(page.config.counts_note ?? ''))
  const loose = el('p', { class: 'cx-loose' })
  node.append(loose, counts, el('div', { class: 'cx-active' }, chips, clear))

  return {
    node,
    show() {
      const { state, view, config } = page
      if (search.value.trim() !== state.search) search.value = state.search
      const first = state.search ? 'relevance' : state.related_to ? 'nearness' : 'hub order'
      if (sort.options[0]?.text !== first) {
        arrange(sort, [el('option', { value: '' }, first), ...Object.entries(SORTS)
          .filter(([, label]) => label !== first)
          .map(([value, label]) => value === 'most-cited' && !config.counts_note
            ? el('option', { value, disabled: true }, `${label} (counts not known)`)
            : el('option', { value }, label))])
      }
      sort.value = state.sort
      if (sort.selectedIndex < 0) sort.selectedIndex = 0
      counts.hidden = state.sort !== 'most-cited'
      setText(loose, looseText(view))
      loose.hidden = !loose.textContent
      setText(found, foundText(view.numbers.length, config.n))
      showChips()
    }
  }
}

/**
 * Returns how many papers are shown, as `12 of 44 papers`.
 * @param {number} shown
 * @param {number} all
 */
export const foundText = (shown, all) => `${grouped(shown)} of ${many(all, 'paper')}`

/**
 * Returns which words of the search stand in no entry as they are, and what is shown for them.
 * @param {View} view
 */
const looseText = ({ numbers, terms }) => terms.filter(({ isWord }) => !isWord && numbers.length)
  .map(({ word, typo, instead }) => typo
    ? `No entry has “${word}”; shown: ${instead.map(each => `“${each}”`).join(', ')}, one letter different.`
    : `No entry has the word “${word}”; shown: longer words with it.`).join(' ')

/**
 * Returns what is said of the list when it has come to rest.
 * @param {Page} page
 */
export const statusText = ({ state: { picked }, view, config }) =>
  foundText(view.numbers.length, config.n) +
  (picked.length ? `, ${grouped(picked.length)} ticked` : '') +
  (looseText(view) && `. ${looseText(view)}`)
