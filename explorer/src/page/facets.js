// The conditions that can be ticked, each with how many papers it would give.

import { FLAGS, LISTS } from '../state/address.js'
import { NAMES, without } from './conditions.js'
import { arrange, button, el, grouped, many, setText } from './dom.js'

/** @import { Count, FlagFacet, ListFacet } from '../types.js' */
/** @import { Page, Part } from './app.js' */

const FIRST = 8 // values of a facet; of themes all, as they are few and have an order
const MORE = 200
const FLAG_VALUES = /** @type {const} */ ([['any', null], ['yes', true], ['no', false]])

/**
 * Returns the facets.
 * @param {Page} page
 * @returns {Part}
 */
export function facets(page) {
  const [theme, ...lists] = LISTS.map(name => listFacet(page, name))
  const parts = [theme, yearFacet(page), ...lists, ...FLAGS.map(name => flagFacet(page, name))]
  return {
    node: el('div', { class: 'cx-conditions' }, ...parts.map(({ node }) => node)),
    show() {
      for (const part of parts) part.show()
    }
  }
}

/** @param {Page} page @param {ListFacet} name @returns {Part} */
function listFacet(page, name) {
  /** @type {Map<string, ReturnType<typeof valueRow>>} */
  const rows = new Map()
  let most = name === 'theme' ? Infinity : FIRST
  const values = el('div')
  const more = button('', () => {
    const next = values.children[most]
    most += MORE
    show()
    const shown = next ?? values.children[FIRST]
    shown?.querySelector('input')?.focus()
  }, { class: 'cx-more' })
  const node = el('fieldset', { class: `cx-facet cx-facet-${name}` },
    el('legend', {}, NAMES[name]), values, more)

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
    const counts = page.view.counts[name]
    const shown = counts.filter(({ value }, place) => place < most || ticked.includes(value))
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
    node.hidden = !counts.length
  }

  return { node, show }
}

/** @param {Page} page @returns {Part} */
function yearFacet(page) {
  const [from, to] = ['From', 'To'].map(label => el('select', {
    'aria-label': `${label} year`, onchange: choose
  }))

  /** @param {Event} event */
  function choose({ target }) {
    const { years } = page.engine
    if (!from.value && !to.value) return page.change({ year: null })
    const first = Number(from.value || years[0])
    const last = Number(to.value || years.at(-1))
    const chosen = Number(/** @type {HTMLSelectElement} */ (target).value)
    page.change({ year: first <= last ? [first, last] : [chosen, chosen] })
  }

  return {
    node: el('fieldset', { class: 'cx-facet cx-years' }, el('legend', {}, NAMES.year),
      el('div', {}, from, el('span', {}, 'to'), to)),
    show() {
      const { state: { year }, view: { counts }, engine: { years } } = page
      const count = new Map(counts.year.map(each => [Number(each.value), each.count]))
      const all = [...new Set([...years, ...year ?? []])].sort((one, two) => one - two)
      ;[from, to].forEach((select, end) => {
        const texts = [['', 'any']]
        for (const each of all) texts.push([`${each}`, `${each} (${count.get(each) ?? 0})`])
        texts.forEach(([value, label], place) => {
          const option = select.options[place] ?? select.appendChild(el('option'))
          option.value = value
          setText(option, label)
        })
        select.length = texts.length
        select.value = year && year[end] !== years.at(-end) ? `${year[end]}` : ''
      })
    }
  }
}

/** @param {Page} page @param {FlagFacet} name @returns {Part} */
function flagFacet(page, name) {
  const choices = FLAG_VALUES.map(([label, value]) => {
    const radio = el('input', {
      type: 'radio', name: `cx-${name}`, value: label,
      onchange: () => page.change({ [name]: value })
    })
    const number = el('span', { class: 'cx-count' })
    const node = el('label', { class: 'cx-value' }, radio, el('span', {}, label), number)
    return { label, value, radio, number, node }
  })
  const unknown = el('p', { class: 'cx-unknown' })
  return {
    node: el('fieldset', { class: 'cx-facet cx-flag' }, el('legend', {}, NAMES[name]),
      ...choices.map(({ node }) => node), unknown),
    show() {
      const { state, view } = page
      for (const { label, value, radio, number } of choices) {
        radio.checked = state[name] === value
        const found = view.counts[name].find(each => each.value === label)
        setText(number, found ? grouped(found.count) : '')
      }
      unknown.hidden = !view.unknown[name]
      setText(unknown, `Not known of ${many(view.unknown[name], 'paper')}`)
    }
  }
}
