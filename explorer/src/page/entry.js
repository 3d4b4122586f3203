// A paper of the list: the same lines as in the plain list, and what opens it and ticks it.

import { cleanLine } from '../text/text.js'
import { shortenAuthors } from '../text/work.js'
import { OF_PASSAGES, without } from './conditions.js'
import { details } from './details.js'
import { button, el } from './dom.js'
import { markText } from './mark.js'
import { about, idLinks, judgedLine, links, printedBy, titlePage } from './paper.js'

/** @import { Conditions, Entry, Said, Term, View } from '../types.js' */
/** @import { Page } from './app.js' */

const MOST_FOUND = 5 // authors that are searched for, beyond the first few

/**
 * An entry of the list, and what brings it up to date.
 * @typedef {{ number: number, node: HTMLLIElement, opener: HTMLElement, show: () => void }} Item
 */

/**
 * Returns the entry of a paper.
 * @param {Entry} entry
 * @param {Page} page
 * @returns {Item}
 */
export function makeItem(entry, page) {
  const { work_id: id, number } = entry
  const title = cleanLine(entry.title_plain)
  const address = titlePage(entry, page.config)
  const heading = address ? el('a', { href: address }) : el('span')
  const authors = el('p', { class: 'cx-authors' })
  const finding = el('span')
  const [words, where] = [el('span'), el('span')] // of a passage
  const kind = new Text()
  const identifiers = idLinks(entry)
  const tick = el('input', {
    type: 'checkbox', 'aria-label': `Select: ${title}`,
    onchange: () => page.change({
      picked: tick.checked ? [...page.state.picked, id] : without(page.state.picked, id)
    }, { replace: true })
  })
  const opener = button('Details', () => page.change({ open: page.state.open === id ? '' : id }), {
    class: 'cx-opener', 'aria-label': `Details: ${title}`, 'aria-expanded': 'false'
  })
  const node = el('li', { class: 'cx-entry cx-item' },
    el('label', { class: 'cx-tick' }, tick), el('h3', { class: 'cx-title' }, heading), authors,
    el('p', { class: 'cx-about' }, about(entry)),
    !entry.finding ? null : el('p', { class: 'cx-finding' }, finding,
      el('small', {}, ` (finding ${printedBy(entry.finding_source)})`)),
    entry.why.length ? el('p', { class: 'cx-why' }, 'Cites it: ', words, ' (', kind, where, ')') : null,
    el('p', { class: 'cx-role' }, cleanLine(judgedLine(entry, page.config))),
    el('p', { class: 'cx-links' }, ...links(identifiers, entry)), opener)
  node.dataset.number = `${number}` // for the pictures
  const marked = [
    { node: heading, text: title },
    { node: finding, text: cleanLine(entry.finding ?? '') },
    ...identifiers.map(node => ({ node, text: node.textContent ?? '' }))
  ]
  /** @type {HTMLElement | null} */
  let opened = null
  /** @type {Term[] | null} */
  let terms = null
  /** @type {View | null} */
  let view = null

  return {
    number,
    node,
    opener,
    show() {
      tick.checked = page.state.picked.includes(id)
      if (view !== page.view && entry.why.length) {
        const said = choosePassage(entry.why, page.state, page.view.terms)
        showMarked(words, cleanLine(said.words), page.view.terms)
        kind.data = said.kind
        showMarked(where, cleanLine(said.where), page.view.terms)
      }
      view = page.view
      if (terms !== page.view.terms) {
        terms = page.view.terms
        for (const each of marked) showMarked(each.node, each.text, terms)
        showMarked(authors, authorsLine(entry.authors, terms), terms)
      }
      const isOpen = page.state.open === id
      if (isOpen === Boolean(opened)) return
      opener.setAttribute('aria-expanded', `${isOpen}`)
      node.classList.toggle('cx-open', isOpen)
      opened?.remove()
      opened = isOpen ? details(number, page) : null
      if (opened) node.append(opened)
    }
  }
}

/**
 * Returns the first passage of those that meet most conditions and have most words of the search.
 * @param {Said[]} passages
 * @param {Pick<Conditions, typeof OF_PASSAGES[number]>} wanted
 * @param {Term[]} terms
 */
export function choosePassage(passages, wanted, terms) {
  const worth = passages.map(said =>
    OF_PASSAGES.filter(name => wanted[name].some(value => said[name].includes(value))).length *
    (terms.length + 1) +
    terms.filter(term => markText(`${said.words} ${said.where}`, [term]).some(({ hit }) => hit)).length)
  return passages[worth.indexOf(Math.max(...worth))]
}

/**
 * Returns authors as one line, with those of `and N more` that are searched for.
 * @param {string[]} authors
 * @param {Term[]} terms
 */
export function authorsLine(authors, terms) {
  const line = shortenAuthors(authors)
  const found = !terms.length ? [] : authors.filter(name =>
    !line.includes(name) && markText(name, terms).some(({ hit }) => hit)).slice(0, MOST_FOUND)
  return cleanLine(found.length ? `${line} (… ${found.join(' … ')} …)` : line)
}

/** @param {HTMLElement} node @param {string} text @param {Term[]} terms */
function showMarked(node, text, terms) {
  const pieces = markText(text, terms)
  if (pieces.some(({ hit }) => hit)) {
    node.replaceChildren(...pieces.map(({ text, hit }) => hit ? el('mark', {}, text) : text))
  } else if (node.firstElementChild || node.textContent !== text) node.textContent = text
}
