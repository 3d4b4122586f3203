// The state of the page as the fragment of its address, and back.

import { FLAGS, LISTS, SORTS } from '../shared.js'

/** @import { Config, Engine, ListFacet, State } from '../types.js' */

/** Letters of a search. */
export const LONGEST = 200
const PICTURES = ['time', 'map', 'network', 'citations']
const LEAD = '#?'

/** @returns {State} the page as it opens: every citing work in hub order */
export function emptyState() {
  const lists = /** @type {Record<ListFacet, string[]>} */ (Object.fromEntries(
    LISTS.map(name => /** @type {[string, string[]]} */ ([name, []]))
  ))
  return {
    ...lists, search: '', year: null, labelled: null, shared_authors: null, code: null,
    related_to: '', authors_of: '', sort: '', open: '', picked: [], compare: false,
    picture: 'time', colour: 'theme'
  }
}

/**
 * Write a state as a fragment; '' for the page as it opens.
 * @param {State} state
 */
export function writeAddress(state) {
  const parts = new URLSearchParams()
  if (state.search) parts.set('search', state.search)
  for (const name of LISTS) for (const value of state[name]) parts.append(name, value)
  if (state.year) parts.set('year', state.year.join('-'))
  for (const name of FLAGS) if (state[name] !== null) parts.set(name, state[name] ? 'yes' : 'no')
  for (const name of /** @type {const} */ (['related_to', 'authors_of', 'sort', 'open'])) {
    if (state[name]) parts.set(name, state[name])
  }
  for (const id of state.picked) parts.append('picked', id)
  if (state.compare) parts.set('compare', 'yes')
  if (state.picture !== 'time') parts.set('picture', state.picture)
  if (state.colour !== 'theme') parts.set('colour', state.colour)
  const text = parts.toString()
  return text && LEAD + text
}

/**
 * Read a fragment. What cannot be read is left out, with a sentence for the reader.
 * @param {string} hash
 * @returns {{ state: State, problems: string[] }}
 */
export function readAddress(hash) {
  const state = emptyState()
  /** @type {string[]} */
  const problems = []
  if (!hash.startsWith(LEAD)) return { state, problems }
  for (const [name, value] of new URLSearchParams(hash.slice(LEAD.length))) {
    if (!readPart(state, name, value)) {
      problems.push(`“${name}=${value}” in the address has no meaning here; it was left out.`)
    }
  }
  if (state.sort === 'relevance' && !state.search) {
    state.sort = ''
    problems.push('The address sorts by relevance without a search; the order is that of the hub.')
  }
  return { state, problems }
}

/**
 * @param {State} state
 * @param {string} name
 * @param {string} value
 */
function readPart(state, name, value) {
  if (includes(LISTS, name)) {
    if (!state[name].includes(value)) state[name].push(value)
    return true
  }
  if (includes(FLAGS, name)) {
    if (value !== 'yes' && value !== 'no') return false
    state[name] = value === 'yes'
    return true
  }
  switch (name) {
    case 'search':
      state.search = value.slice(0, LONGEST).trim()
      return true
    case 'year': {
      const years = /^(\d{4})(?:-(\d{4}))?$/.exec(value)
      if (!years || state.year) return false // the page has one first and one last year
      state.year = [Number(years[1]), Number(years[2] ?? years[1])]
      return state.year[0] <= state.year[1] || Boolean(state.year = null)
    }
    case 'related_to': case 'authors_of': case 'open':
      state[name] = value
      return true
    case 'picked':
      state.picked.push(value)
      return true
    case 'sort':
      if (!includes(SORTS, value)) return false
      state.sort = value
      return true
    case 'compare':
      state.compare = value === 'yes'
      return state.compare
    case 'picture':
      if (!PICTURES.includes(value)) return false
      state.picture = /** @type {State['picture']} */ (value)
      return true
    case 'colour':
      if (value !== 'theme' && value !== 'year') return false
      state.colour = value
      return true
    default:
      return false
  }
}

/**
 * Leave out what this hub does not hold, with a sentence for each.
 * @param {State} state
 * @param {Engine} engine
 * @param {Record<ListFacet, string[]>} values all values of the facets
 * @param {Pick<Config, 'counts_note' | 'tables'>} config
 * @returns {Promise<{ state: State, problems: string[] }>}
 */
export async function dropUnknown(state, engine, values, { counts_note: note, tables }) {
  const checked = { ...state }
  /** @type {string[]} */
  const problems = []
  for (const name of LISTS) {
    checked[name] = state[name].filter(value => values[name].includes(value) ||
      !problems.push(`No paper here has the ${name} “${value}”; it was left out.`))
  }
  if (state.sort === 'most-cited' && !note) {
    checked.sort = ''
    problems.push('How often these papers are cited is not known here; the order is that of the hub.')
  }
  if (state.picture === 'citations' && !tables.local_citations?.rows) {
    checked.picture = 'time'
    problems.push('This hub does not hold citations among the papers; the picture was left out.')
  }
  const ids = [state.open, state.related_to, state.authors_of, ...state.picked].filter(Boolean)
  const numbers = ids.length ? await engine.numbersOf(ids) : []
  const numberOf = (/** @type {string} */ id) => numbers[ids.indexOf(id)]
  const isListed = (/** @type {string} */ id) => numberOf(id) > 0
  for (const id of new Set(ids)) {
    if (numberOf(id) < 0) {
      problems.push(`The paper ${id} is not in this data version; it was left out.`)
    }
  }
  if (!isListed(state.open)) checked.open = ''
  for (const name of /** @type {const} */ (['related_to', 'authors_of'])) {
    if (!(numberOf(checked[name]) >= 0)) checked[name] = '' // it may be the cited work itself
  }
  checked.picked = [...new Set(state.picked)].filter(isListed)
  return { state: checked, problems }
}

/**
 * @template {string} T
 * @param {T[]} known
 * @param {string} name
 * @returns {name is T}
 */
function includes(known, name) {
  return known.includes(/** @type {T} */ (name))
}
