// What each format says of a work beside its bibliography, as `citehub/export/record.py` does:
// why it is there, and who says so.

import { cleanLine, strip } from '../text/text.js'
import { joinLabels, sourcesOf } from '../text/work.js'
import { kind } from './kinds.js'

/** @import { CitationRow, HubFacts, LabelRow, WorkRecord } from '../types.js' */

export const NOT_KNOWN = 'not known'

/**
 * Why a work is in an export: the hub and its version, the role it plays, and the sources. Role
 * and polarity are of its citation of the canonical work; null for that work itself.
 * @typedef {object} Reason
 * @property {string} hub
 * @property {string} data_version
 * @property {'canonical work' | 'citing work'} relation
 * @property {string | null} role
 * @property {string | null} polarity
 * @property {string} sources
 */

/**
 * Returns why a work is in an export, as text for people.
 * @param {WorkRecord} record
 * @param {HubFacts} facts
 * @returns {Reason}
 */
export function reason(record, facts) {
  const isCanonical = record.work.work_id === facts.canonical
  const said = roleAndPolarity(record.labels)
  return {
    hub: facts.hub,
    data_version: facts.version,
    relation: isCanonical ? 'canonical work' : 'citing work',
    role: isCanonical ? null : said.role,
    polarity: isCanonical ? null : said.polarity,
    sources: cleanLine(sourcesOf(record.evidence).join(', ') || NOT_KNOWN)
  }
}

/**
 * Returns the labels of one of a work's citations.
 * @param {WorkRecord} record
 * @param {CitationRow} citation
 */
export function labelsOf(record, citation) {
  return record.labels.filter(label => label.cited_work_id === citation.cited_work_id)
}

/**
 * Returns what labels say, as text for people.
 * @param {LabelRow[]} labels
 */
export function roleAndPolarity(labels) {
  return {
    role: cleanLine(joinLabels(labels, 'intent') ?? NOT_KNOWN),
    polarity: cleanLine(joinLabels(labels, 'polarity') ?? NOT_KNOWN)
  }
}

/**
 * Returns keywords, none of which holds a comma or a semicolon.
 * @param {WorkRecord} record
 * @param {Reason} why
 */
export function tags(record, why) {
  const found = record.themes.map(theme => `theme: ${theme}`)
  if (why.role === null) found.push('canonical work')
  else found.push(`citation role: ${why.role}`, `citation polarity: ${why.polarity}`)
  return found.map(tag => cleanLine(tag).replaceAll(', ', ' and ').replace(/[,;]/g, ' '))
}

/**
 * Returns the name of the dataset, as `citehub mt-nlg 1.1.0`.
 * @param {HubFacts} facts
 */
export function database(facts) {
  return `citehub ${facts.hub} ${facts.version}`
}

/**
 * Returns the venue; of a preprint, whose date is not the venue's, as a note that says so.
 * @param {WorkRecord} record
 */
export function venue(record) {
  const stated = strip(cleanLine(record.work.venue ?? ''))
  if (!stated || kind(record).venue) return stated || null
  return `Venue as stated: ${stated}`
}

/**
 * Returns the finding with the source that prints it; null where none is known.
 * @param {WorkRecord} record
 */
export function note({ work }) {
  if (!work.finding) return null
  return cleanLine(`${work.finding} (finding as printed by ${work.finding_source || NOT_KNOWN})`)
}
