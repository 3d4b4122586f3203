// The page: one state, which is also its address, and the parts that show it.

import { dropUnknown, emptyState, readAddress, writeAddress } from '../state/address.js'
import { LISTS } from '../shared.js'
import { compare } from './compare.js'
import { conditionsOf } from './conditions.js'
import { button, el, setText } from './dom.js'
import { exporting } from './export.js'
import { facets } from './facets.js'
import { list } from './list.js'
import { pictures } from './pictures.js'
import { selection } from './selection.js'
import { fillFrame, listenToKeys, makeFrame } from './shell.js'
import { searchBox, statusText, toolbar } from './toolbar.js'

/** @import { Config, Engine, ListFacet, State, View } from '../types.js' */
/** @import { Parts as Scripts } from '../load.js' */

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
 * @property {(error: unknown) => void} stop leaves the plain list and says why
 * @property {'' | 'list' | 'open' | 'compare' | 'search'} goTo where to go when it is there
 */

/**
 * A part of the page: its element, and what brings it up to date.
 * @typedef {{ node: HTMLElement, show: () => void | Promise<void> }} Part
 */

const PAUSE = 800 // ms without typing that end an entry of the history
const WRITING = 250 // ms; browsers refuse pages that write their address too often
const REST = 300 // ms
const OURS = 'citehub' // marks the entries of the history that the page has read or written

/** Settles once the browser has drawn the page as it is. */
const nextFrame = () => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))

/**
 * Makes the plain list the explorer; settles once the first papers are there. A search can be
 * typed from the start, while the data is on its way.
 * @param {HTMLElement} root
 * @param {Config} config
 * @param {Promise<[Engine, Scripts['large'] | null]>} opening
 */
export async function startPage(root, config, opening) {
  const plain = /** @type {HTMLElement} */ (root.querySelector('.cx-list'))
  const note = /** @type {HTMLElement} */ (root.querySelector('.cx-note'))
  const asked = readAddress(location.hash).state.search
  const box = searchBox(asked, config.n)
  const frame = makeFrame(box)
  const ui = frame.node
  plain.replaceWith(ui)
  frame.main.append(plain)
  note.hidden = true
  const [engine, large] = await opening.catch(error => {
    backToPlain()
    throw error
  })
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
    stop,
    goTo: asked && history.state !== OURS ? 'search' : 'open'
  }
  const known = /** @type {Record<ListFacet, string[]>} */ (Object.fromEntries(
    LISTS.map(name => [name, page.view.counts[name].map(({ value }) => value)])))
  const parts = {
    toolbar: toolbar(page, box), compare: compare(page), facets: facets(page),
    exporting: exporting(page), selection: selection(page), list: list(page, large?.largeList),
    pictures: pictures(page)
  }
  const problems = el('div', { class: 'cx-problems', role: 'status' })
  const said = el('p', { class: 'cx-hidden', role: 'status', 'aria-live': 'polite' })
  const ended = new AbortController()
  let answered = wanted() // the conditions of the view
  let isAsking = false
  let address = '' // what the page has last written or read
  let typed = 0 // when
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let writing
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting

  parts.list.node.append(plain)
  fillFrame(frame, parts, problems, said)
  // Not `popstate`, after which the browser still scrolls to where the page was left.
  addEventListener('hashchange', reread, { signal: ended.signal })
  listenToKeys(ended.signal)
  const typedFirst = box.input.value.trim()
  if (typedFirst !== asked) {
    page.state = { ...readAddress(location.hash).state, search: typedFirst }
    write(false)
  }
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

  /** @param {boolean} replace @param {string} [plain] address of the page as it opens */
  function write(replace, plain = location.pathname + location.search) {
    clearTimeout(writing)
    writing = undefined
    const to = writeAddress(page.state) || plain
    if (replace) history.replaceState(OURS, '', to)
    else history.pushState(OURS, '', to)
    address = location.hash
  }

  function reread() {
    const { hash } = location
    if (hash === address) return
    const isBack = history.state === OURS // or forward
    if (isBack || !hash || hash.startsWith('#?')) read(isBack)
    else write(true, hash) // a heading's, where the browser is by now
  }

  /** @param {boolean} [isBack] in the history, which unticks nothing */
  async function read(isBack) {
    clearTimeout(writing)
    writing = undefined
    typed = 0
    const asked = address = location.hash
    const found = readAddress(asked)
    if (isBack) found.state.picked = page.state.picked
    try {
      const checked = await dropUnknown(found.state, engine, known, config)
      if (asked !== address) return // and is elsewhere already
      if (checked.state.open !== page.state.open) page.goTo = 'open'
      const side = checked.state.picture !== page.state.picture && parts.pictures.node.closest('details')
      if (side) side.open = true
      page.state = checked.state
      if (isBack) write(true)
      else history.replaceState(OURS, '')
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
      const { pictures, ...others } = parts
      await Promise.all(Object.values(others).map(part => part.show()))
      await nextFrame() // the list is drawn first
      await pictures.show()
      clearTimeout(resting)
      resting = setTimeout(() => setText(said, statusText(page)), REST)
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
    backToPlain()
    note.textContent = `Search and filters stopped: ${/** @type {Error} */ (error).message}. ` +
      'This is the plain list again; reload the page to start anew.'
  }

  function backToPlain() {
    ui.replaceWith(plain)
    note.hidden = false
  }
}
