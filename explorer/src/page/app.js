// The page: one state, which is also its address, and the parts that show it.

import { dropUnknown, emptyState, LISTS, readAddress, writeAddress } from '../state/address.js'
import { conditionsOf } from './conditions.js'
import { button, el, setText } from './dom.js'
import { facets } from './facets.js'
import { list } from './list.js'
import { pictures } from './pictures.js'
import { selection } from './selection.js'
import { frame, listenToKeys } from './shell.js'
import { foundText, toolbar } from './toolbar.js'

/** @import { Config, Engine, ListFacet, State, View } from '../types.js' */
/** @import { LargeListMaker } from './large_list.js' */

/**
 * Changes the state: a new entry of the history, or with `replace` the same one; `typing` makes
 * one entry of what is typed without a pause.
 * @typedef {(patch: Partial<State>, how?: { replace?: boolean, typing?: boolean }) => void} Change
 */

/**
 * What the parts of the page share.
 * @typedef {object} Page
 * @property {Config} config
 * @property {Engine} engine
 * @property {State} state
 * @property {View} view the answer to the conditions
 * @property {Change} change
 * @property {(workId: string) => void} open opens a paper and goes to it
 * @property {'' | 'list' | 'open'} goTo where to go when the list is there
 */

/**
 * A part of the page: its element, and what brings it up to date.
 * @typedef {{ node: HTMLElement, show: () => void | Promise<void> }} Part
 */

const PAUSE = 800 // ms without typing that end an entry of the history
const WRITING = 250 // ms; browsers refuse pages that write their address too often
const REST = 300 // ms

/**
 * Makes the plain list the explorer; settles once the first papers are there.
 * @param {HTMLElement} root
 * @param {Config} config
 * @param {Engine} engine
 * @param {LargeListMaker} [largeList] for hubs of more papers than stand in the page at once
 */
export async function startPage(root, config, engine, largeList) {
  const plain = /** @type {HTMLElement} */ (root.querySelector('.cx-list'))
  const note = /** @type {HTMLElement} */ (root.querySelector('.cx-note'))
  /** @type {Page} */
  const page = {
    config,
    engine,
    state: emptyState(),
    view: await engine.view(conditionsOf(emptyState())),
    change,
    open(workId) {
      page.goTo = 'open'
      change({ open: workId })
    },
    goTo: 'open'
  }
  const known = /** @type {Record<ListFacet, string[]>} */ (Object.fromEntries(
    LISTS.map(name => [name, page.view.counts[name].map(({ value }) => value)])))
  const parts = {
    toolbar: toolbar(page), facets: facets(page), pictures: pictures(page),
    selection: selection(page), list: list(page, largeList)
  }
  const problems = el('div', { class: 'cx-problems', role: 'status' })
  const said = el('p', { class: 'cx-hidden', role: 'status', 'aria-live': 'polite' })
  const ui = frame(parts, problems, said)
  const ended = new AbortController()
  let answered = wanted() // the conditions of the view
  let isAsking = false
  let address = '' // what the page has last written or read
  let typed = 0 // when
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let writing
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting

  plain.replaceWith(ui)
  parts.list.node.append(plain)
  note.hidden = true
  for (const type of ['popstate', 'hashchange']) {
    addEventListener(type, reread, { signal: ended.signal })
  }
  listenToKeys(ended.signal)
  await read()

  function wanted() {
    return JSON.stringify(conditionsOf(page.state))
  }

  /** @type {Change} */
  function change(patch, { replace = false, typing = false } = {}) {
    if (writing && !typing) write(true) // what was typed has an entry of its own
    const before = wanted()
    page.state = { ...page.state, ...patch }
    if (!page.goTo && !typing && before !== wanted()) page.goTo = 'list'
    const isPaused = Date.now() - typed > PAUSE
    typed = typing ? Date.now() : 0
    if (typing && !isPaused) {
      clearTimeout(writing)
      writing = setTimeout(write, WRITING, true)
    } else write(replace)
    render()
  }

  /** @param {boolean} replace */
  function write(replace) {
    clearTimeout(writing)
    writing = undefined
    const to = writeAddress(page.state) || location.pathname + location.search
    if (replace) history.replaceState(null, '', to)
    else history.pushState(null, '', to)
    address = location.hash
  }

  function reread() {
    const isOfPage = !location.hash || location.hash.startsWith('#?') // and no heading's
    if (isOfPage && location.hash !== address) read()
  }

  async function read() {
    clearTimeout(writing)
    writing = undefined
    typed = 0
    const asked = address = location.hash
    const found = readAddress(asked)
    try {
      const checked = await dropUnknown(found.state, engine, known)
      if (asked !== address) return // and is elsewhere already
      page.state = checked.state
      showProblems([...found.problems, ...checked.problems])
    } catch (error) {
      return stop(error)
    }
    await render()
  }

  /** Asks for the view where the conditions are others, as often as they change meanwhile. */
  async function render() {
    if (isAsking) return
    isAsking = true
    try {
      for (let now = wanted(); now !== answered; now = wanted()) {
        page.view = await engine.view(conditionsOf(page.state))
        answered = now
      }
      isAsking = false
      await Promise.all(Object.values(parts).map(part => part.show()))
      clearTimeout(resting)
      resting = setTimeout(() => setText(said, foundText(page.view.numbers.length, config.n)), REST)
    } catch (error) {
      stop(error)
    }
  }

  /** @param {string[]} texts */
  function showProblems(texts) {
    problems.replaceChildren(...texts.map(text => el('p', {}, text)), ...texts.length
      ? [button('Dismiss', () => {
          problems.replaceChildren()
          document.getElementById('cx-search')?.focus()
        })]
      : [])
  }

  /** @param {unknown} error */
  function stop(error) {
    ended.abort()
    ui.replaceWith(plain)
    note.hidden = false
    note.textContent = `Search and filters stopped: ${/** @type {Error} */ (error).message}. ` +
      'This is the plain list again; reload the page to start anew.'
  }
}
