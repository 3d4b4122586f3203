// Where and why a work cites, as `citehub/_passages.py` puts it.

import { FOUND } from '../shared.js'
import { joinLabelers, joinLabels, shown, valueOf } from './work.js'

/** @import { ContextRow, LabelRow, ReadingRow, Said } from '../types.js' */

const TURNS = /[\u202a-\u202e\u2066-\u2069]/g // signs that turn the direction of a text
const LONGEST_MARK = 30 // letters; a longer mark is told by how many share it

/**
 * Returns passages in the order of the text.
 * @param {ContextRow[]} rows
 */
export const sortPassages = rows =>
  rows.sort((one, two) => (one.position ?? 0) - (two.position ?? 0))

/**
 * Returns where a passage stands, in words: section, what it is part of, and its mark.
 * @param {ContextRow} row
 */
export function describePlace({ section_number, section, place, mark, group_size }) {
  const others = (group_size || 1) - 1
  return [
    [section_number, section].filter(Boolean).join(' ') || 'section not known',
    place === 'text' ? null : place,
    mark && [...mark].length > LONGEST_MARK
      ? others && `cited with ${others.toLocaleString('en')} ${others === 1 ? 'other' : 'others'}`
      : mark
  ].filter(Boolean).join(', ')
}

/**
 * Returns what a passage says in other words, else its own words as a quotation.
 * @param {Pick<ContextRow, 'gist' | 'text'>} row
 */
export const describeWords = ({ gist, text }) =>
  gist || (text ? `“${text}”` : 'Its words are not kept here.')

/**
 * Returns the passages of a work, each for a line, as `describe_first` has the first.
 * @param {ContextRow[]} rows
 * @param {LabelRow[]} labels
 * @returns {Said[]}
 */
export const tellPassages = (rows, labels) => rows.map((row, place) => {
  const own = shown(labels).filter(label => label.context_id === row.context_id)
  const valuesOf = (/** @type {string} */ scheme) =>
    own.filter(label => label.scheme === scheme).map(valueOf)
  const which = rows.length > 1
    ? `, passage ${[place + 1, rows.length].map(each => each.toLocaleString('en')).join(' of ')}` : ''
  return {
    words: withoutTurns(describeWords(row)),
    kind: row.gist ? 'in other words; ' : '',
    where: withoutTurns(describePlace(row)) + which,
    role: valuesOf('intent'),
    polarity: valuesOf('polarity'),
    subject: valuesOf('subject'),
    section: row.section_kind ? [row.section_kind] : []
  }
})

/** @param {string} text from outside, which else turns round what stands behind it */
const withoutTurns = text => text.replace(TURNS, '')

/**
 * Returns the result of reading the texts of a work, above all that passages were found; null without any.
 * @param {{ contexts: ContextRow[], readings: ReadingRow[] }} record
 */
export const textStatus = ({ contexts, readings }) => contexts.length
  ? FOUND
  : [...new Set(readings.map(({ status }) => status))].join(', ') || null

/**
 * Returns passages as people read them: where, what it says, role, polarity, subject, by whom.
 * @param {{ contexts: ContextRow[], labels: LabelRow[] }} record
 */
export function listPassages({ contexts, labels }) {
  return contexts.map(row => {
    const judged = labels.filter(label => label.context_id === row.context_id)
    return {
      row,
      where: describePlace(row),
      role: joinLabels(judged, 'intent'),
      polarity: joinLabels(judged, 'polarity'),
      subject: joinLabels(judged, 'subject'),
      by: joinLabelers(judged)
    }
  })
}
