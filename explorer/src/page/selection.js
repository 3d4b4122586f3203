// The ticked papers: how many, comparing them, and taking them away.

import { compare, FEWEST, MOST } from './compare.js'
import { button, el, many, setText } from './dom.js'
import { exporting } from './export.js'

/** @import { Page, Part } from './app.js' */

const MOST_TICKED = 500 // by one button: each ticked paper is part of the address

/**
 * Returns the bar of the selection.
 * @param {Page} page
 * @returns {Part}
 */
export function selection(page) {
  const ticked = el('span', { class: 'cx-ticked' })
  const take = button('', async () => {
    const entries = await page.engine.entries(Array.from(page.view.numbers))
    const shown = entries.map(entry => entry.work_id)
    page.change({ picked: [...new Set([...page.state.picked, ...shown])] })
  })
  const clear = button('Untick all', () => {
    page.change({ picked: [], compare: false })
    take.focus()
  })
  const side = button('Compare', () => page.change({ compare: !page.state.compare }), {
    'aria-controls': 'cx-compare'
  })
  const parts = [exporting(page), compare(page)]
  return {
    node: el('div', { class: 'cx-selection' },
      el('div', { class: 'cx-picked' }, ticked, take, clear, side),
      ...parts.map(part => part.node)),
    show() {
      const { state: { picked, compare }, view: { numbers } } = page
      const canCompare = picked.length >= FEWEST && picked.length <= MOST
      setText(ticked, !picked.length ? 'None ticked' : `${many(picked.length, 'paper')} ticked` +
        (canCompare ? '' : ` (${FEWEST} to ${MOST} can be compared)`))
      setText(take, `Tick all ${numbers.length} shown`)
      take.hidden = numbers.length > MOST_TICKED
      take.disabled = !numbers.length
      clear.hidden = !picked.length
      side.hidden = !canCompare
      side.setAttribute('aria-expanded', `${compare && canCompare}`)
      for (const part of parts) part.show()
    }
  }
}
