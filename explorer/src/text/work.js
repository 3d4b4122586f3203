// What texts say of one work, as `citehub/_work.py` puts it.

import { pageOf } from './identifiers.js'
import { byCodePoint, isWebAddress } from './text.js'

/** @import { IdRow, LabelRow, WorkRecord, WorkRow } from '../types.js' */

/** Authors that are named where there are many. */
export const MOST_AUTHORS = 8

/**
 * Returns the first public version as `2023-04` or `2023`; null where not known.
 * @param {Pick<WorkRow, 'publication_year' | 'publication_month'>} work
 */
export function published({ publication_year: year, publication_month: month }) {
  if (year === null) return null
  return month ? `${year}-${String(month).padStart(2, '0')}` : String(year)
}

/**
 * Returns the title, and before it that the work is retracted where it is known to be.
 * @param {Pick<WorkRow, 'title_plain' | 'is_retracted'>} work
 */
export const markedTitle = ({ title_plain, is_retracted }) =>
  is_retracted ? `[retracted] ${title_plain}` : title_plain

/**
 * Returns authors as one line; `and N more` after the first few.
 * @param {string[]} authors
 */
export function shortenAuthors(authors) {
  if (!authors.length) return 'authors not known'
  const more = authors.length - MOST_AUTHORS
  return authors.slice(0, MOST_AUTHORS).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/**
 * Returns identifiers by scheme; of several in one scheme the first.
 * @param {IdRow[]} rows
 */
export function firstIds(rows) {
  /** @type {Map<string, string>} */
  const ids = new Map()
  for (const { scheme, value } of rows) if (!ids.has(scheme)) ids.set(scheme, value)
  return ids
}

/**
 * Returns the web page of a work: of its first identifier that has one; null where none has.
 * @param {IdRow[]} ids
 */
export function pageOfWork(ids) {
  return ids.map(pageOf).find(page => page !== null) ?? null
}

/**
 * Returns the web page of a work as each export names it: else what a source names.
 * @param {WorkRecord} record
 */
export function urlOf({ work, ids }) {
  return pageOfWork(ids) ?? (isWebAddress(work.page_url ?? '') ? work.page_url : null)
}

/**
 * Returns the labels that are shown; those of older schemas all are.
 * @param {LabelRow[]} labels
 */
export const shown = labels => labels.filter(label => label.is_shown !== false)

/**
 * Returns the labels of a scheme that are shown as one text; null where there are none.
 * @param {LabelRow[]} labels
 * @param {'intent' | 'polarity' | 'subject'} scheme
 */
export function joinLabels(labels, scheme) {
  const values = shown(labels).filter(label => label.scheme === scheme).map(valueOf)
  return [...new Set(values)].join(', ') || null
}

/**
 * Returns what a label says: a term of the schema or of the hub, else its source's word.
 * @param {LabelRow} label
 */
export const valueOf = ({ value, subject, raw_value }) => value || subject || raw_value

/**
 * Returns who judged what is shown, as one text; null where there are no labels.
 * @param {LabelRow[]} labels
 */
export const joinLabelers = labels =>
  [...new Set(shown(labels).map(label => label.labeler))].join('; ') || null

/**
 * Returns the ids of the sources of cells or rows, in the order of Python.
 * @param {{ source_id: string }[]} rows
 */
export function sourcesOf(rows) {
  return [...new Set(rows.map(row => row.source_id))].sort(byCodePoint)
}
