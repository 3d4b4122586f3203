// Taking papers away: as a file, by copying, and as code that gives the same papers.

import { commandOf, pythonOf, shell } from '../state/code.js'
import { FORMATS as ALL } from '../shared.js'
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
  format.onchange = showCode
  const told = el('span', { class: 'cx-told', role: 'status' })
  /** @type {unknown[]} */
  let papers = [] // that the message is about

  /** @param {Promise<string>} done what to say */
  async function tell(done) {
    try {
      setText(told, `${await done}.`)
    } catch (error) {
      setText(told, `That failed: ${/** @type {Error} */ (error).message}.`)
    }
  }

  /** @param {(made: Promise<Blob>) => Promise<string>} use returns what to say */
  function exportTo(use) {
    const { engine, view, state: { picked } } = page
    const { value } = chosen()
    const make = async () => engine.exported(value, picked.length
      ? inListOrder(await engine.numbersOf(picked), view.numbers)
      : Array.from(view.numbers))
    const count = many(picked.length || view.numbers.length, 'paper')
    setText(told, 'Making the file …')
    tell(use(make()).then(said => `${said}: ${count}`))
  }

  function chosen() {
    const { hub, version } = page.config
    const value = /** @type {ExportFormat} */ (format.value)
    const [name, ending] = FORMATS[value]
    return { value, name, file: `${hub}-${version}.${ending}`.replace(/[^\w.-]/g, '_') }
  }

  async function save(/** @type {Promise<Blob>} */ made) {
    const { name, file } = chosen()
    const url = URL.createObjectURL(await made)
    el('a', { href: url, download: file }).click()
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
    return `Downloaded ${file} as ${name}`
  }

  const buttons = [
    button('Download', () => exportTo(save)), button('Copy', () => exportTo(copied))
  ]
  const [python, command] = ['Python', 'Command line'].map(label =>
    el('pre', { tabIndex: 0, role: 'group', 'aria-label': label }))
  const code = el('details', { class: 'cx-code' }, el('summary', {}, 'Show the code'),
    el('p', {}, 'The code writes the papers shown, not the ticked ones, in the format chosen above.'),
    ...[python, command].map(pre => {
      const label = pre.getAttribute('aria-label')
      return el('div', {},
        el('p', {}, `${label} `, button('Copy', () =>
          tell(copied(textFile(pre.textContent ?? ''))), { 'aria-label': `Copy: ${label}` })),
        pre)
    }),
    el('p', {}, 'The command line writes more formats: ',
      el('code', {}, `citehub export ${shell(page.config.hub)} -f …`),
      `, with ${ALL.filter(name => !(name in FORMATS)).join(', ')}.`))

  function showCode() {
    const { value, file } = chosen()
    setText(python, pythonOf(page.state, page.config, value, file))
    setText(command, commandOf(page.state, page.config, value))
    const block = /** @type {HTMLElement} */ (command.parentElement)
    block.hidden = !command.textContent
  }

  const node = el('section', { class: 'cx-export', 'aria-label': 'Export' },
    what, format, ...buttons, code, told)

  return {
    node,
    show() {
      const { view: { numbers }, state } = page
      const { length } = state.picked
      const isOther = papers[0] !== numbers || `${papers[1]}` !== `${state.picked}`
      papers = [numbers, state.picked]
      if (isOther) setText(told, '')
      setText(what, `Export ${length
        ? many(length, 'ticked paper')
        : many(numbers.length, 'shown paper')}`)
      node.hidden = !(length || numbers.length)
      showCode()
    }
  }
}

/** @param {string} text */
const textFile = async text => new Blob([text], { type: 'text/plain' })

/**
 * Copies a text, and returns what to say of it.
 * @param {Promise<Blob>} text
 */
async function copied(text) {
  try {
    // Safari lets a page copy at the press of a button only, but the text may come later.
    if (globalThis.ClipboardItem) {
      await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text })])
    } else await navigator.clipboard.writeText(await (await text).text())
  } catch {
    if (!copiedTheOldWay(await (await text).text())) {
      throw new Error('this browser does not let the page copy; use Download')
    }
  }
  return 'Copied'
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
