// What is set, in words, and how to unset it.

import { emptyState } from '../state/address.js'
import { FLAGS, LISTS } from '../shared.js'

/** @import { Conditions, State, View } from '../types.js' */

/** What people call the facets. */
export const NAMES = /** @type {const} */ ({
  theme: 'Theme', role: 'Role', polarity: 'Polarity', subject: 'Subject cited',
  section: 'Section that cites', passage: 'Passage that cites',
  category: 'Category', venue: 'Venue',
  representatives: 'Representatives', year: 'Year', labelled: 'Label of its citation',
  shared_authors: 'Shares author names with the cited work (equal spelling)', code: 'Code'
})
/** What people call yes and no: that no label or code is known does not say that there is none. */
export const FLAG_WORDS = /** @type {const} */ ({
  labelled: ['known', 'not known'], shared_authors: ['yes', 'no'], code: ['known', 'not known']
})

/** The facets that a passage has values of. */
export const OF_PASSAGES = /** @type {const} */ (['role', 'polarity', 'subject', 'section'])

/** @typedef {{ text: string, patch: Partial<State> }} Chip a condition, and what takes it away */

/**
 * Returns what of a state says which works are shown, and in what order.
 * @param {State} state
 * @returns {Conditions}
 */
export function conditionsOf({
  open, picked, compare, picture, colour, ...conditions
}) {
  return conditions
}

/**
 * Returns a patch that takes all conditions away; the order, and what is ticked, stays.
 * @returns {Partial<State>}
 */
export function noConditions() {
  const { sort, ...conditions } = conditionsOf(emptyState())
  return conditions
}

/**
 * Returns the conditions that are set.
 * @param {State} state
 * @param {View['counts']} counts
 * @param {(workId: string) => string} titleOf
 * @returns {Chip[]}
 */
export function activeConditions(state, counts, titleOf) {
  /** @type {Chip[]} */
  const chips = []
  if (state.search) chips.push({ text: `Search: ${state.search}`, patch: { search: '' } })
  for (const name of LISTS) {
    for (const value of state[name]) {
      const label = counts[name].find(each => each.value === value)?.label ?? value
      const patch = { [name]: without(state[name], value) }
      chips.push({ text: `${NAMES[name]}: ${label}`, patch })
    }
  }
  if (state.year) {
    const [first, last] = state.year
    const years = first === last ? first : `${first} to ${last}`
    chips.push({ text: `${NAMES.year}: ${years}`, patch: { year: null } })
  }
  for (const name of FLAGS) {
    if (state[name] !== null) {
      const value = FLAG_WORDS[name][state[name] ? 0 : 1]
      chips.push({ text: `${NAMES[name]}: ${value}`, patch: { [name]: null } })
    }
  }
  if (state.related_to) {
    chips.push({ text: `Neighbours of: ${titleOf(state.related_to)}`, patch: { related_to: '' } })
  }
  if (state.authors_of) {
    const title = titleOf(state.authors_of)
    chips.push({ text: `Shares author names with: ${title}`, patch: { authors_of: '' } })
  }
  return chips
}

/**
 * Returns the values without one.
 * @param {string[]} values
 * @param {string} value
 */
export const without = (values, value) => values.filter(each => each !== value)
