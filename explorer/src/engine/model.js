// The works of a release in columns, by their number: 0 is the canonical work, then the citing
// works in hub order.

import { indexFacet, rowsOf } from './facets.js'
import { FOUND, OF_WORKS } from '../shared.js'
import { foldTexts, SearchTexts } from './search.js'
import { findNumbers, makeWorkIds } from './works.js'

/** @import { Config, ListFacet, ThemeRow } from '../types.js' */
/** @import { FacetIndex } from './facets.js' */
/** @import { Tables } from './files.js' */
/** @import { Rows, RowsReader } from './rows.js' */

/**
 * @typedef {object} Model
 * @property {number} count works, the canonical one too
 * @property {(workId: string) => number} numberOf -1 where there is none
 * @property {Record<string, any>} works columns of the table of works
 * @property {Int16Array} years 0 where not known
 * @property {Int8Array} months 0 where not known
 * @property {Int32Array} shared author names shared with the canonical work, -1 where not known
 * @property {Uint8Array} labelled 1 where any label is of the work
 * @property {Uint8Array} code 1 where its address is known
 * @property {Rows} authors their names
 * @property {Rows} ids their schemes, and their values
 * @property {Record<ListFacet, FacetIndex>} facets
 * @property {ThemeRow[]} themes
 * @property {Record<string, Int32Array>} numbers the work of each row, by table
 * @property {SearchTexts} texts
 */

const WORKS = [...Object.values(OF_WORKS), 'title_plain', 'publication_year', 'publication_month',
  'finding', 'finding_source', 'code_url', 'model_url', 'is_retracted', 'citation_count',
  'citation_count_on']

/**
 * Read what the list, its facets and its search need.
 * @param {Tables} tables
 * @param {Config} config
 * @param {RowsReader} readRows
 * @returns {Promise<Model>}
 */
export async function loadModel(tables, config, readRows) {
  const readingIds = tables.columns('works', ['work_id']).then(([ids]) => ids)
  const readingRows = readRows(readingIds)
  readingRows.catch(() => {}) // told below, unless something else is
  const [
    workIds, workColumns, citations, labels, contexts, readings, themes, workThemes, representatives
  ] = await Promise.all([
    readingIds,
    tables.columns('works', WORKS),
    tables.columns('citations', ['citing_work_id', 'shared_authors']),
    tables.columns('citation_labels', [
      'citing_work_id', 'scheme', 'value', 'subject', 'raw_value', 'is_shown'
    ]),
    tables.columns('citation_contexts', ['citing_work_id', 'section_kind']),
    tables.columns('text_readings', ['work_id', 'status']),
    tables.columns('themes', ['theme_id', 'title', 'description']),
    tables.columns('work_themes', ['work_id', 'theme_id']),
    tables.columns('representatives', ['work_id', 'method'])
  ])
  /** @type {Model['works']} */
  const works = {
    work_id: workIds, ...Object.fromEntries(WORKS.map((name, at) => [name, workColumns[at]]))
  }
  const ids = makeWorkIds(workIds)
  const count = workIds.length
  if (count !== config.n + 1 || workIds.at(0) !== config.canonical) {
    throw new Error('the table of works is not of this hub')
  }
  const every = Int32Array.from({ length: count }, (_, number) => number)
  const numbers = {
    works: every,
    citations: findNumbers(ids, citations[0]),
    citation_labels: findNumbers(ids, labels[0]),
    citation_contexts: findNumbers(ids, contexts[0]),
    text_readings: findNumbers(ids, readings[0]),
    representatives: findNumbers(ids, representatives[0])
  }
  const [labelSchemes, ...labelTexts] = labels.slice(1, 5).map(column => column.strings())
  const labelOf = (/** @type {string} */ scheme) => labelSchemes.map((
    /** @type {string} */ each, /** @type {number} */ row
  ) => each === scheme && labels[5][row] !== false
    ? labelTexts.reduce((text, column) => text || column[row], null) : null)
  const [themeIds, titles, descriptions] = themes.map(column => column.strings())
  const ofWorks = /** @type {Record<keyof typeof OF_WORKS, FacetIndex>} */ (
    Object.fromEntries(Object.entries(OF_WORKS).map(
      ([facet, column]) => [facet, indexFacet(count, every, works[column].strings())]))
  )
  const known = {
    count,
    numberOf: ids.numberOf,
    works,
    years: Int16Array.from(works.publication_year),
    months: Int8Array.from(works.publication_month),
    shared: firstValues(count, numbers.citations, citations[1]),
    labelled: flags(count, numbers.citation_labels),
    code: Uint8Array.from(works.code_url.places, Math.sign),
    facets: {
      theme: indexFacet(count, findNumbers(ids, workThemes[0]), workThemes[1].strings(), themeIds),
      role: indexFacet(count, numbers.citation_labels, labelOf('intent')),
      polarity: indexFacet(count, numbers.citation_labels, labelOf('polarity')),
      subject: indexFacet(count, numbers.citation_labels, labelOf('subject')),
      section: indexFacet(count, numbers.citation_contexts, contexts[1].strings()),
      passage: indexPassages(count, numbers, readings[1].strings()),
      ...ofWorks,
      representatives: indexFacet(count, numbers.representatives, representatives[1].strings())
    },
    themes: themeIds.map((/** @type {string} */ theme_id, /** @type {number} */ row) =>
      ({ theme_id, title: titles[row], description: descriptions[row] }))
  }
  const [title, finding] = [foldTexts(count, [works.title_plain]), foldTexts(count, [works.finding])]
  const rows = await readingRows // which takes longest
  return {
    ...known,
    ...rows,
    numbers: { ...numbers, authorships: rows.authors.numbers },
    texts: new SearchTexts([title, rows.authors.folded, finding, rows.ids.folded], count)
  }
}

/**
 * Index whether a passage of each work is known, else the result of looking for one in its texts.
 * @param {number} count
 * @param {{ citation_contexts: Int32Array, text_readings: Int32Array }} numbers
 * @param {string[]} statuses of the readings
 */
function indexPassages(count, { citation_contexts: found, text_readings: looked }, statuses) {
  const isFound = flags(count, found)
  return indexFacet(count, [...found, ...looked.map(number => isFound[number] ? -1 : number)],
    [...Array.from(found, () => FOUND), ...statuses])
}

/**
 * The identifiers of a work.
 * @param {Model} model
 * @param {number} number
 */
export function idsOf({ ids: { start, columns: [schemes, values] } }, number) {
  return rowsOf(start, number).map(row => ({ scheme: schemes.at(row), value: values.at(row) }))
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

/** @param {number} count @param {Int32Array} numbers */
function flags(count, numbers) {
  const found = new Uint8Array(count)
  for (const number of numbers) if (number >= 0) found[number] = 1
  return found
}
