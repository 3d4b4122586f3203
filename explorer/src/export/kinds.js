// Types of works in the terms of each reference format, as `citehub/export/kinds.py` has them.

import { KINDS, PREPRINT, UNKNOWN } from '../shared.js'

/** @import { Kind, WorkRecord } from '../types.js' */

/**
 * Returns the type of a work; where none is known, an arXiv id makes it a preprint.
 * @param {WorkRecord} record
 * @returns {Kind}
 */
export function kind({ work, ids }) {
  if (work.type !== null) return Object.hasOwn(KINDS, work.type) ? KINDS[work.type] : UNKNOWN
  return ids.some(({ scheme }) => scheme === 'arxiv') ? PREPRINT : UNKNOWN
}

/**
 * Returns whether the venue of a type is one of the bibliography, and no note.
 * @param {Kind} kind
 */
export function hasVenue(kind) {
  return kind.csl_venue !== 'note'
}
