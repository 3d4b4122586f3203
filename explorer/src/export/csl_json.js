// CSL-JSON: an item per work, for Pandoc, Zotero and every citation processor, as
// `citehub/export/csl_json.py`.

import { cleanLine, toJson } from '../text/text.js'
import { firstIds, pageOfWork } from '../text/work.js'
import { kind } from './kinds.js'
import { names } from './names.js'
import { database, note, reason, tags, venue } from './record.js'

/** @import { HubFacts, WorkRecord } from '../types.js' */
/** @import { Format } from './index.js' */
/** @import { Name } from './names.js' */

/**
 * An array of items.
 * @type {Format}
 */
export const format = {
  head: () => '[\n',
  rounds: [(record, facts) => toJson(item(record, facts))],
  between: ',\n',
  tail: '\n]\n',
  empty: '[]\n'
}

/**
 * @param {WorkRecord} record
 * @param {HubFacts} facts
 */
function item(record, facts) {
  const { work } = record
  const ids = firstIds(record.ids)
  const { publication_year: year, publication_month: month } = work
  const authors = names(record).map(author)
  const why = reason(record, facts)
  return known({
    id: cleanLine(work.work_id),
    type: kind(record).csl,
    title: line(work.title_plain),
    author: authors.length ? authors : null,
    issued: year ? { 'date-parts': [month ? [year, month] : [year]] } : null,
    [kind(record).venue ? 'container-title' : 'note']: venue(record),
    number: ids.has('arxiv') ? line(`arXiv:${ids.get('arxiv')}`) : null,
    DOI: line(ids.get('doi')),
    URL: line(pageOfWork(record.ids)),
    abstract: line(work.abstract),
    keyword: tags(record, why).join(', '),
    annote: note(record),
    source: database(facts),
    custom: why
  })
}

/**
 * An item without what is not known: CSL has no null.
 * @param {Record<string, unknown>} variables
 */
function known(variables) {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== null))
}

/** @param {string | null | undefined} text */
function line(text) {
  return text ? cleanLine(text) : null
}

/** @param {Name} name */
function author(name) {
  if (name.isLiteral) return { literal: name.family }
  const parts = {
    family: name.family,
    given: name.given,
    'dropping-particle': name.dropped,
    'non-dropping-particle': name.particle,
    suffix: name.suffix
  }
  return Object.fromEntries(Object.entries(parts).filter(([, text]) => text))
}
