// The ticked papers: how many, and comparing them.

import { FEWEST, MOST } from './compare.js'
import { button, el, grouped, many, setText } from './dom.js'

/** @import { Page, Part } from './app.js' */

const MOST_TICKED = 500 // by one button: each ticked paper is part of the address

/**
 * Returns the bar of the selection. Its buttons are always there, so that a tick moves nothing.
 * @param {Page} page
 * @returns {Part}
 */
export function selection(page) {
  const ticked = el('span', { class: 'cx-ticked', tabIndex: -1 })
  const take = button('', async () => {
    const entries = await page.engine.entries(Array.from(page.view.numbers))
    const shown = entries.map(entry => entry.work_id)
    page.change({ picked: [...new Set([...page.state.picked, ...shown])] }, { replace: true })
  })
  const clear = button('Untick all', () => {
    page.change({ picked: [], compare: false }, { replace: true })
    ticked.focus()
  })
  const side = button(`Compare ${FEWEST}–${MOST}`, () => {
    page.goTo = 'compare'
    page.change({ compare: !page.state.compare })
  }, { id: 'cx-compared', 'aria-controls': 'cx-compare' })
  const leave = button('Export', () => document.getElementById('cx-format')?.focus())
  const node = el('section', { class: 'cx-picked', 'aria-label': 'Ticked papers' },
    ticked, take, clear, side, leave)
  return {
    node,
    show() {
      const { state: { picked, compare }, view: { numbers } } = page
      const canCompare = picked.length >= FEWEST && picked.length <= MOST
      node.classList.toggle('cx-some', picked.length > 0)
      setText(ticked, picked.length ? `${many(picked.length, 'paper')} ticked` : 'None ticked')
      setText(take, `Tick all ${grouped(numbers.length)} shown`)
      take.hidden = numbers.length > MOST_TICKED
      take.disabled = !numbers.length
      clear.disabled = leave.disabled = !picked.length
      side.disabled = !canCompare
      side.setAttribute('aria-expanded', `${compare && canCompare}`)
    }
  }
}
