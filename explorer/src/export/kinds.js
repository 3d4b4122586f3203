// Types of works in the terms of each reference format, as `citehub/export/kinds.py` has them.

/** @import { WorkRecord } from '../types.js' */

/**
 * A type of work, as BibTeX, RIS and CSL name it, and BibTeX's field for the venue if any.
 * @typedef {{ bibtex: string, ris: string, csl: string, venue: string | null }} Kind
 */

/** @type {(bibtex: string, ris: string, csl: string, venue?: string | null) => Kind} */
const named = (bibtex, ris, csl, venue = 'howpublished') => ({ bibtex, ris, csl, venue })

// Of these the venue came later than the date, or its part in them is not known.
const PREPRINT = named('misc', 'UNPB', 'article', null) // what CSL calls a preprint
const UNKNOWN = named('misc', 'GEN', 'document', null)
const ARTICLE = named('article', 'JOUR', 'article-journal', 'journal')
/** By OpenAlex's type. */
const KINDS = new Map([
  ['preprint', PREPRINT],
  ['article', ARTICLE],
  ['review', ARTICLE],
  ['editorial', ARTICLE],
  ['letter', ARTICLE],
  ['conference-paper', named('inproceedings', 'CPAPER', 'paper-conference', 'booktitle')],
  ['book', named('book', 'BOOK', 'book', 'publisher')],
  ['book-chapter', named('incollection', 'CHAP', 'chapter', 'booktitle')],
  ['dissertation', named('phdthesis', 'THES', 'thesis', 'school')],
  ['report', named('techreport', 'RPRT', 'report', 'institution')],
  ['dataset', named('misc', 'DATA', 'dataset')],
  ['software', named('misc', 'COMP', 'software')],
  ['standard', named('misc', 'STAND', 'standard')]
])

/**
 * Returns the type of a work; where none is known, an arXiv id makes it a preprint.
 * @param {WorkRecord} record
 */
export function kind({ work, ids }) {
  if (work.type !== null) return KINDS.get(work.type) ?? UNKNOWN
  return ids.some(({ scheme }) => scheme === 'arxiv') ? PREPRINT : UNKNOWN
}
