// RIS: a record per work, for Zotero, EndNote, Mendeley and others, as `citehub/export/ris.py`.

import { cleanLine, strip } from '../text/text.js'
import { firstIds, pageOfWork } from '../text/work.js'
import { kind } from './kinds.js'
import { names, wholeFamily, wholeGiven } from './names.js'
import { database, note, reason, tags, venue } from './record.js'

/** @import { HubFacts, WorkRecord } from '../types.js' */
/** @import { Format } from './index.js' */
/** @import { Name } from './names.js' */

/**
 * A record per work; lines end with CR LF, as the format has it.
 * @type {Format}
 */
export const format = {
  rounds: [(record, facts) => {
    const lines = linesOf(record, facts)
      .map(([tag, value]) => [tag, strip(cleanLine(value ?? ''))])
      .filter(([, value]) => value)
      .map(([tag, value]) => `${tag}  - ${value}\r\n`)
    return `${lines.join('')}ER  - \r\n\r\n`
  }]
}

/**
 * @param {WorkRecord} record
 * @param {HubFacts} facts
 * @returns {[string, string | null | undefined][]}
 */
function linesOf(record, facts) {
  const { work } = record
  const ids = firstIds(record.ids)
  const why = reason(record, facts)
  return [
    ['TY', kind(record).ris],
    ['ID', work.work_id],
    ...all('AU', names(record).map(author)),
    ['TI', work.title_plain],
    ...date(work),
    [kind(record).venue ? 'T2' : 'N1', venue(record)],
    ['AN', ids.has('arxiv') ? `arXiv:${ids.get('arxiv')}` : null],
    ['DO', ids.get('doi')],
    ['UR', pageOfWork(record.ids)?.replaceAll(';', '%3B')], // readers take it for a list
    ['AB', work.abstract],
    ...all('KW', tags(record, why)),
    ['N1', note(record)],
    ['DB', database(facts)],
    ['DP', why.sources],
    ['C1', why.relation],
    ['C2', why.role],
    ['C3', why.polarity]
  ]
}

/**
 * @param {string} tag
 * @param {string[]} values
 * @returns {[string, string][]}
 */
function all(tag, values) {
  return values.map(value => [tag, value])
}

/**
 * @param {WorkRecord['work']} work
 * @returns {[string, string][]}
 */
function date({ publication_year: year, publication_month: month }) {
  if (!year) return []
  const twoDigits = month ? String(month).padStart(2, '0') : ''
  return [['PY', String(year)], ['DA', `${year}/${twoDigits}//`]]
}

/** @param {Name} name */
function author(name) {
  if (name.isLiteral) return name.family
  return [wholeFamily(name), wholeGiven(name), name.suffix].filter(Boolean).join(', ')
}
