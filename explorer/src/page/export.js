// Taking papers away: as a file, by copying, and as code that gives the same papers.

import { commandOf, pythonOf } from '../state/code.js'
import { button, el, many, setText } from './dom.js'

/** @import { ExportFormat } from '../types.js' */
/** @import { Page, Part } from './app.js' */

/** @type {Record<ExportFormat, [name: string, ending: string]>} */
const FORMATS = {
  bibtex: ['BibTeX', 'bib'],
  ris: ['RIS', 'ris'],
  'csl-json': ['CSL-JSON', 'json'],
  csv: ['CSV', 'csv'],
  graphml: ['GraphML', 'graphml'],
  apa: ['Formatted references', 'txt']
}

/**
 * Returns the numbers in the order of the list; those that it does not show come last.
 * @param {number[]} numbers
 * @param {ArrayLike<number>} shown
 */
export function inListOrder(numbers, shown) {
  const wanted = new Set(numbers)
  const found = Array.from(shown).filter(number => wanted.delete(number))
  return [...found, ...[...wanted].sort((one, two) => one - two)]
}

/**
 * Returns what exports.
 * @param {Page} page
 * @returns {Part}
 */
export function exporting(page) {
  const what = el('label', { for: 'cx-format' })
  const format = el('select', { id: 'cx-format' },
    ...Object.entries(FORMATS).map(([value, [name]]) => el('option', { value }, name)))
  const told = el('span', { class: 'cx-told', role: 'status' })

  /** @param {() => Promise<string>} act returns what to say */
  async function run(act) {
    setText(told, '')
    try {
      setText(told, `${await act()}.`)
    } catch (error) {
      setText(told, `That failed: ${/** @type {Error} */ (error).message}.`)
    }
  }

  /** @param {(text: string) => string | Promise<string>} use returns what to say */
  const exportTo = use => run(async () => {
    const { view, state: { picked } } = page
    const numbers = picked.length
      ? inListOrder(await page.engine.numbersOf(picked), view.numbers)
      : Array.from(view.numbers)
    const text = await page.engine.exported(/** @type {ExportFormat} */ (format.value), numbers)
    return `${await use(text)}: ${many(numbers.length, 'paper')}`
  })

  function save(/** @type {string} */ text) {
    const { hub, version } = page.config
    const [name, ending] = FORMATS[/** @type {ExportFormat} */ (format.value)]
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
    const file = `${hub}-${version}.${ending}`
    el('a', { href: url, download: file }).click()
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
    return `Downloaded ${file} as ${name}`
  }

  const python = el('pre', { tabIndex: 0, 'aria-label': 'Python' })
  const command = el('pre', { tabIndex: 0, 'aria-label': 'Command line' })
  const code = el('details', { class: 'cx-code' }, el('summary', {}, 'Show the code'),
    ...[python, command].flatMap(pre => [
      el('p', {}, `${pre.ariaLabel} that gives the papers shown `,
        button('Copy', () => run(() => copied(pre.textContent ?? '')), {
          'aria-label': `Copy: ${pre.ariaLabel}`
        })),
      pre
    ]))

  return {
    node: el('div', { class: 'cx-export' }, what, format,
      button('Download', () => exportTo(save)),
      button('Copy', () => exportTo(copied)),
      told, code),
    show() {
      const { view, state, config } = page
      const isPicked = state.picked.length > 0
      setText(what, `Export ${many(isPicked ? state.picked.length : view.numbers.length,
        `${isPicked ? 'ticked' : 'shown'} paper`)}`)
      setText(python, pythonOf(state, config))
      setText(command, commandOf(state, config))
    }
  }
}

/**
 * Copies a text, and returns what to say of it.
 * @param {string} text
 */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text)
    return 'Copied'
  } catch {
    if (copiedTheOldWay(text)) return 'Copied'
    throw new Error('this browser does not let the page copy; use Download')
  }
}

/**
 * Pages that did not come by https have no clipboard.
 * @param {string} text
 */
function copiedTheOldWay(text) {
  const focused = document.activeElement
  const area = el('textarea', { value: text, class: 'cx-hidden' })
  document.body.append(area)
  area.select()
  const isCopied = document.execCommand('copy')
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return isCopied
}
