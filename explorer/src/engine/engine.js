// What answers the page: one object over the tables of a release.

import { groupRows, rowsOf, valuesOf } from './facets.js'
import { openTables } from './files.js'
import { authorNetwork, citationNetwork, similarityMap } from './graphs.js'
import { idsOf, loadModel } from './model.js'
import { PASSAGE, Records } from './records.js'
import { RELATED } from '../shared.js'
import { Words } from './related.js'
import { readRows } from './rows.js'
import { foldTexts } from './search.js'
import { Selector } from './select.js'
import { tellPassages } from '../text/passages.js'

/** @import { Config, Engine, Entry, ListFacet, Said } from '../types.js' */
/** @import { Parts } from '../load.js' */
/** @import { Model } from './model.js' */
/** @import { RowsReader } from './rows.js' */

const LABEL = ['context_id', 'scheme', 'value', 'subject', 'raw_value', 'is_shown']
const EXPORTED = { // columns
  evidence: ['table_name', 'source_id'],
  citation_contexts: PASSAGE,
  text_readings: ['reading', 'status'],
  local_citations: ['cited_work_id', 'source_id'],
  representatives: ['method']
}

/**
 * Load a hub.
 * @param {Config} config
 * @param {string} base address of the page
 * @param {() => Promise<Parts['exports']>} loadExports
 * @param {Parameters<typeof openTables>[2] & { rows?: RowsReader }} [given] with what
 *   reads rows elsewhere
 * @returns {Promise<Engine>}
 */
export async function makeEngine(config, base, loadExports, given = {}) {
  const tables = openTables(config, base, given)
  const model = await loadModel(tables, config, given.rows ?? (ids => readRows(tables, ids)))
  const records = new Records(tables, model)
  /** @type {Words | undefined} */
  let made
  const words = () => made ??= new Words(model.count, number =>
    model.texts.line(0, number) + model.texts.line(2, number))
  /** Works that cite one another, as one number after the other. */
  const cites = async () => {
    const columns = await tables.columns('local_citations', ['citing_work_id', 'cited_work_id'])
    const [citing, cited] = columns.map(ids => ids.strings().map(model.numberOf))
    return citing.map((/** @type {number} */ number, /** @type {number} */ row) =>
      [number, cited[row]])
  }
  const selector = new Selector(model, workId => {
    const number = model.numberOf(workId)
    return number < 0 ? [] : [number, ...words().related(number, RELATED).map(each => each.number)]
  })
  /** @type {Promise<void> | undefined} */
  let folding
  /** Makes the passages ready to be searched, at the first search: a hub may have very many. */
  const foldPassages = () => folding ??= (async () => {
    const columns = await tables.columns('citation_contexts', ['gist', 'section'])
    const { start, rows } = groupRows(model.count, model.numbers.citation_contexts)
    model.texts.add(foldTexts(model.count, columns.map(texts => texts.arrange(rows)), start))
  })().catch(error => {
    folding = undefined // so that it can be tried again
    throw error
  })
  const facts = { hub: config.hub, version: config.version, canonical: config.canonical }
  return {
    themes: model.themes,
    years: [...new Set(model.years)].filter(Boolean).sort(),
    async view(conditions) {
      if (conditions.search) await foldPassages()
      return selector.view(conditions)
    },
    async entries(numbers, withLabels = false) {
      const [passages, labels] = await Promise.all([
        records.passages(numbers, withLabels),
        records.rowsOf('citation_labels', numbers, withLabels ? LABEL : [])
      ])
      return numbers.map((number, at) => entryOf(model, number, tellPassages(passages[at], labels[at])))
    },
    record: async number => (await records.of([number]))[0],
    related: async (number, most) => words().related(number, most),
    numbersOf: async ids => ids.map(model.numberOf),
    graph: async (kind, numbers) => kind === 'map'
      ? similarityMap(model, words(), numbers)
      : kind === 'network'
        ? authorNetwork(model, numbers)
        : citationNetwork(model, numbers, await cites()),
    async exported(format, numbers) {
      const { exported } = await loadExports()
      const source = {
        read: (/** @type {number[]} */ batch) => records.of(batch, EXPORTED),
        idOf: (/** @type {number} */ number) => model.works.work_id.at(number)
      }
      return exported(format, numbers, source, facts)
    }
  }
}

/**
 * @param {Model} model
 * @param {number} number
 * @param {Said[]} why
 * @returns {Entry}
 */
function entryOf(model, number, why) {
  const { works, authors, facets, themes } = model
  const text = (/** @type {ListFacet} */ facet) =>
    valuesOf(facets[facet], number).join(', ') || null
  return {
    number,
    work_id: works.work_id.at(number),
    title_plain: works.title_plain.at(number),
    authors: rowsOf(authors.start, number).map(row => authors.columns[0].at(row)),
    publication_year: works.publication_year.at(number),
    publication_month: works.publication_month.at(number),
    venue: works.venue.at(number),
    primary_category: works.primary_category.at(number),
    finding: works.finding.at(number),
    finding_source: works.finding_source.at(number),
    themes: valuesOf(facets.theme, number).map(id =>
      themes.find(theme => theme.theme_id === id)?.title ?? id),
    role: text('role'),
    polarity: text('polarity'),
    subject: text('subject'),
    why,
    unread: why.length ? null : text('passage'),
    representatives: valuesOf(facets.representatives, number),
    ids: idsOf(model, number),
    code_url: works.code_url.at(number),
    model_url: works.model_url.at(number),
    is_retracted: works.is_retracted.at(number),
    citation_count: works.citation_count.at(number),
    citation_count_on: works.citation_count_on.at(number)
  }
}
