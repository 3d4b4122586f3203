// The works of a release in columns, by their number: 0 is the canonical work, then the citing
// works in hub order.

import { groupRows, indexFacet } from './facets.js'
import { SearchTexts } from './search.js'

/** @import { Config, ListFacet, ThemeRow } from '../types.js' */
/** @import { FacetIndex } from './facets.js' */
/** @import { Tables } from './files.js' */

/**
 * @typedef {object} Model
 * @property {number} count works, the canonical one too
 * @property {Map<string, number>} numberOf by work_id
 * @property {Record<string, any[]>} works columns of the table of works
 * @property {Int16Array} years 0 where not known
 * @property {Int8Array} months 0 where not known
 * @property {Int32Array} shared author names shared with the canonical work, -1 where not known
 * @property {Uint8Array} labelled 1 where any label is of the work
 * @property {{ start: Int32Array, names: string[] }} authors those of `n` are from `start[n]` on
 * @property {{ start: Int32Array, schemes: string[], values: string[] }} ids likewise
 * @property {Record<ListFacet, FacetIndex>} facets
 * @property {ThemeRow[]} themes
 * @property {Record<string, Int32Array>} numbers the work of each row, by table
 * @property {() => SearchTexts} makeTexts
 */

const WORKS = ['work_id', 'title_plain', 'publication_year', 'publication_month', 'venue',
  'primary_category', 'finding', 'finding_source', 'code_url', 'model_url', 'is_retracted']

/**
 * Read what the list, its facets and its search need.
 * @param {Tables} tables
 * @param {Config} config
 * @returns {Promise<Model>}
 */
export async function loadModel(tables, config) {
  const [workColumns, authorships, ids, citations, labels, themes, workThemes, representatives] =
    await Promise.all([
      tables.columns('works', WORKS),
      tables.columns('authorships', ['work_id', 'author_name', 'author_order']),
      tables.columns('work_ids', ['work_id', 'scheme', 'value']),
      tables.columns('citations', ['citing_work_id', 'shared_authors']),
      tables.columns('citation_labels', ['citing_work_id', 'scheme', 'value', 'raw_value']),
      tables.columns('themes', ['theme_id', 'title', 'description']),
      tables.columns('work_themes', ['work_id', 'theme_id']),
      tables.columns('representatives', ['work_id', 'method'])
    ])
  const works = Object.fromEntries(WORKS.map((name, at) => [name, workColumns[at]]))
  const count = works.work_id.length
  if (count !== config.n + 1 || works.work_id[0] !== config.canonical) {
    throw new Error('the table of works is not of this hub')
  }
  const numberOf = new Map(works.work_id.map((id, number) => [id, number]))
  const numbersOf = (/** @type {string[]} */ keys) => findNumbers(works.work_id, numberOf, keys)
  const every = Int32Array.from(works.work_id.keys())
  const numbers = {
    works: every,
    authorships: numbersOf(authorships[0]),
    citations: numbersOf(citations[0]),
    citation_labels: numbersOf(labels[0]),
    representatives: numbersOf(representatives[0])
  }
  const authors = groupRows(count, numbers.authorships)
  const identifiers = groupRows(count, numbersOf(ids[0]))
  inPrintedOrder(authors, authorships[2])
  const names = Array.from(authors.rows, row => authorships[1][row])
  const [schemes, values] = [1, 2].map(column => Array.from(identifiers.rows, row => ids[column][row]))
  const labelOf = (/** @type {string} */ scheme) =>
    labels[1].map((/** @type {string} */ each, /** @type {number} */ row) =>
      each === scheme ? labels[2][row] || labels[3][row] : null)
  /** @type {Model} */
  const model = {
    count,
    numberOf,
    works,
    years: Int16Array.from(works.publication_year),
    months: Int8Array.from(works.publication_month),
    shared: firstValues(count, numbers.citations, citations[1]),
    labelled: flags(count, numbers.citation_labels),
    authors: { start: authors.start, names },
    ids: { start: identifiers.start, schemes, values },
    facets: {
      theme: indexFacet(count, numbersOf(workThemes[0]), workThemes[1], themes[0]),
      category: indexFacet(count, every, works.primary_category),
      venue: indexFacet(count, every, works.venue),
      role: indexFacet(count, numbers.citation_labels, labelOf('intent')),
      polarity: indexFacet(count, numbers.citation_labels, labelOf('polarity')),
      representatives: indexFacet(count, numbers.representatives, representatives[1])
    },
    themes: themes[0].map((/** @type {string} */ theme_id, /** @type {number} */ row) =>
      ({ theme_id, title: themes[1][row], description: themes[2][row] })),
    numbers,
    makeTexts: () => new SearchTexts([
      number => works.title_plain[number],
      number => names.slice(authors.start[number], authors.start[number + 1]).join(' '),
      number => works.finding[number] ?? '',
      number => idsOf(model, number).map(({ scheme, value }) => `${scheme}:${value}`).join(' ')
    ], count)
  }
  return model
}

/**
 * The identifiers of a work.
 * @param {Model} model
 * @param {number} number
 */
export function idsOf({ ids: { start, schemes, values } }, number) {
  return schemes.slice(start[number], start[number + 1]).map((scheme, at) =>
    ({ scheme, value: values[start[number] + at] }))
}

/**
 * The numbers of works by their ids; rows mostly follow the order of the works.
 * @param {string[]} ids
 * @param {Map<string, number>} numberOf
 * @param {string[]} keys
 */
function findNumbers(ids, numberOf, keys) {
  const numbers = new Int32Array(keys.length)
  let last = 0
  for (let row = 0; row < keys.length; row++) {
    const key = keys[row]
    if (key !== ids[last]) last = key === ids[last + 1] ? last + 1 : numberOf.get(key) ?? -1
    numbers[row] = last
  }
  return numbers
}

/**
 * @param {number} count
 * @param {Int32Array} numbers
 * @param {(number | null)[]} values
 */
function firstValues(count, numbers, values) {
  const found = new Int32Array(count).fill(-1)
  for (let row = numbers.length - 1; row >= 0; row--) {
    if (numbers[row] >= 0) found[numbers[row]] = values[row] ?? -1
  }
  return found
}

/**
 * Sort the rows of each work by their place in print, in which they mostly stand already.
 * @param {{ start: Int32Array, rows: Int32Array }} grouped
 * @param {number[]} orders
 */
function inPrintedOrder({ start, rows }, orders) {
  for (let number = 0; number + 1 < start.length; number++) {
    for (let at = start[number] + 1; at < start[number + 1]; at++) {
      if (orders[rows[at - 1]] > orders[rows[at]]) {
        rows.subarray(start[number], start[number + 1])
          .sort((one, two) => orders[one] - orders[two])
        break
      }
    }
  }
}

/** @param {number} count @param {Int32Array} numbers */
function flags(count, numbers) {
  const found = new Uint8Array(count)
  for (const number of numbers) if (number >= 0) found[number] = 1
  return found
}
