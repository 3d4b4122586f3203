// The conditions that can be ticked, each with how many papers it would give.

import { FLAGS, LISTS, NOT_KNOWN } from '../shared.js'
import { cleanLine } from '../text/text.js'
import { FLAG_WORDS, NAMES, without } from './conditions.js'
import { arrange, button, el, grouped, many, setText } from './dom.js'

/** @import { Count, FlagFacet, ListFacet } from '../types.js' */
/** @import { Page, Part } from './app.js' */

const FIRST = 8 // values of a facet, and 'not known'
const FEW = 20 // themes that are all shown: somebody grouped them, in an order
const MORE = 200

/**
 * Returns the facets.
 * @param {Page} page
 * @returns {Part}
 */
export function facets(page) {
  const [theme, ...lists] = LISTS.map(name => listFacet(page, name))
  const parts = [theme, yearFacet(page), ...lists, ...FLAGS.map(name => flagFacet(page, name))]
  return {
    node: el('section', { class: 'cx-conditions', 'aria-label': 'Filters' },
      ...parts.map(({ node }) => node)),
    show() {
      for (const part of parts) part.show()
    }
  }
}

/** @param {Page} page @param {ListFacet} name @returns {Part} */
function listFacet(page, name) {
  /** @type {Map<string, ReturnType<typeof valueRow>>} */
  const rows = new Map()
  const isKnown = page.view.counts[name].some(({ value }) => value !== NOT_KNOWN) // of any paper
  // The papers without a role have no polarity and no subject either: it is offered once.
  const isRepeated = (name === 'polarity' || name === 'subject') &&
    unknownOf(page, name) === unknownOf(page, 'role')
  const note = name === 'role' ? page.config.labels_note : null
  let most = name === 'theme' && page.engine.themes.length <= FEW ? Infinity : FIRST
  const values = el('div')
  const more = button('', () => {
    const before = new Set(values.children)
    most += MORE
    show()
    ;[...values.children].find(row => !before.has(row))?.querySelector('input')?.focus()
  }, { class: 'cx-more' })
  const node = el('fieldset', { class: `cx-facet cx-facet-${name}` },
    el('legend', {}, NAMES[name]), values, more,
    note && el('p', { class: 'cx-unknown' }, cleanLine(note)))

  /** @param {Count} count */
  function valueRow({ value, label }) {
    const box = el('input', {
      type: 'checkbox', value,
      onchange: () => page.change({
        [name]: box.checked ? [...page.state[name], value] : without(page.state[name], value)
      })
    })
    const number = el('span', { class: 'cx-count' })
    const node = el('label', { class: 'cx-value' }, box, el('span', {}, label), number)
    return { box, number, node }
  }

  function show() {
    const ticked = page.state[name]
    const counts = page.view.counts[name].filter(({ value }) =>
      value !== NOT_KNOWN || !isRepeated || ticked.includes(value))
    const shown = counts.filter(({ value }, place) =>
      place < most || value === NOT_KNOWN || ticked.includes(value))
    arrange(values, shown.map(count => {
      let row = rows.get(count.value)
      if (!row) rows.set(count.value, row = valueRow(count))
      row.box.checked = ticked.includes(count.value)
      row.node.classList.toggle('cx-pale', !count.count)
      setText(row.number, grouped(count.count))
      return row.node
    }))
    const left = counts.length - shown.length
    more.hidden = left <= 0
    setText(more, `Show ${left > MORE ? `${MORE} more of` : 'all'} ${counts.length}`)
    node.hidden = !counts.length || !(isKnown || note || ticked.length)
  }

  return { node, show }
}

/** @param {Page} page @param {ListFacet} name */
const unknownOf = ({ view }, name) =>
  view.counts[name].find(({ value }) => value === NOT_KNOWN)?.count

/** @param {Page} page @returns {Part} */
function yearFacet(page) {
  const { numbers, counts } = page.view // of all papers
  const undated = counts.year.reduce((left, { count }) => left - count, numbers.length)
  const [from, to] = ['From', 'To'].map(label => el('select', {
    'aria-label': `${label} year`, onchange: () => page.change({ year: chosen() })
  }))
  const unknown = el('p', { class: 'cx-unknown' },
    `Papers of unknown year (${grouped(undated)} in all) are left out.`)
  const swapped = el('p', { class: 'cx-unknown' })

  /** @returns {[number, number] | null} the years that are chosen, in either order */
  function chosen() {
    const { years } = page.engine
    if (!from.value && !to.value) return null
    const ends = [Number(from.value || years[0]), Number(to.value || years.at(-1))]
    return [Math.min(...ends), Math.max(...ends)]
  }

  return {
    node: el('fieldset', { class: 'cx-facet cx-years' }, el('legend', {}, NAMES.year),
      el('div', {}, from, el('span', {}, 'to'), to), swapped, unknown),
    show() {
      const { state: { year }, engine: { years } } = page
      const all = [...new Set([...years, ...year ?? []])].sort((one, two) => one - two)
      ;[from, to].forEach(select => {
        ['', ...all].forEach((value, place) => {
          const option = select.options[place] ?? select.appendChild(el('option'))
          option.value = `${value}`
          setText(option, `${value || 'any'}`)
        })
        select.length = all.length + 1
      })
      // What somebody chose stays as it is, 'any' too, as long as it means the same.
      if (`${chosen()}` !== `${year}`) {
        ;[from, to].forEach((select, end) => { select.value = `${year?.[end] ?? ''}` })
      }
      unknown.hidden = !year || !undated
      swapped.hidden = !from.value || !to.value || from.value <= to.value
      setText(swapped, `The first year comes after the last; the list has ${year?.join(' to ')}.`)
    }
  }
}

/** @param {Page} page @param {FlagFacet} name @returns {Part} */
function flagFacet(page, name) {
  const [yes, no] = FLAG_WORDS[name]
  const choices = /** @type {const} */ ([
    ['any', 'any', null], ['yes', yes, true], ['no', no, false]
  ]).map(([key, label, value]) => {
    const radio = el('input', {
      type: 'radio', name: `cx-${name}`, value: key,
      onchange: () => page.change({ [name]: value })
    })
    const number = el('span', { class: 'cx-count' })
    const node = el('label', { class: 'cx-value' }, radio, el('span', {}, label), number)
    return { key, value, radio, number, node }
  })
  const unknown = el('p', { class: 'cx-unknown' })
  const isKnown = page.view.counts[name].some(({ count }, place) => // of any paper; no is not known
    count && (!place || no === 'no'))
  // Roles tell it, too; an address may ask for it nevertheless.
  const isElsewhere = name === 'labelled' &&
    page.view.counts.role.some(({ value }) => value !== NOT_KNOWN)
  const node = el('fieldset', { class: 'cx-facet cx-flag' }, el('legend', {}, NAMES[name]),
    ...choices.map(({ node }) => node), unknown)
  return {
    node,
    show() {
      const { state, view } = page
      node.hidden = isElsewhere || !isKnown && state[name] === null
      for (const { key, value, radio, number } of choices) {
        radio.checked = state[name] === value
        const found = view.counts[name].find(each => each.value === key)
        setText(number, found ? grouped(found.count) : '')
      }
      unknown.hidden = !view.unknown[name]
      setText(unknown, `Not known of ${many(view.unknown[name], 'paper')}`)
    }
  }
}
