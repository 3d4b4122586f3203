// Types of works in the terms of each reference format, as `citehub/export/kinds.py` has them.

/** @import { WorkRecord } from '../types.js' */

/**
 * A type of work as BibTeX, RIS and CSL name it, each with its place for the venue. Of `note` and
 * `N1` the venue came later than the date, or its part is not known.
 * @typedef {object} Kind
 * @property {string} bibtex
 * @property {string} bibtex_venue
 * @property {string} ris
 * @property {string} ris_venue one tag or more, as readers differ
 * @property {string} csl
 * @property {string} csl_venue
 * @property {string | null} csl_genre
 */

/** @type {(...terms: [string, string, string, string, string, string, string?]) => Kind} */
const named = (bibtex, bibtexVenue, ris, risVenue, csl, cslVenue, cslGenre) => ({
  bibtex,
  bibtex_venue: bibtexVenue,
  ris,
  ris_venue: risVenue,
  csl,
  csl_venue: cslVenue,
  csl_genre: cslGenre ?? null
})

const PREPRINT = named('misc', 'note', 'MANSCPT', 'N1', 'article', 'note')
const UNKNOWN = named('misc', 'note', 'GEN', 'N1', 'document', 'note')
const ARTICLE = named('article', 'journal', 'JOUR', 'T2', 'article-journal', 'container-title')
const CHAPTER =
  named('incollection', 'booktitle', 'CHAP', 'BT JF', 'chapter', 'container-title')
/** By OpenAlex's type. */
const KINDS = new Map([
  ['preprint', PREPRINT],
  ['article', ARTICLE],
  ['review', ARTICLE],
  ['editorial', ARTICLE],
  ['letter', ARTICLE],
  ['erratum', ARTICLE],
  ['retraction', ARTICLE],
  ['conference-paper', named(
    'inproceedings', 'booktitle', 'CONF', 'BT JF', 'paper-conference', 'container-title')],
  ['book', named('book', 'publisher', 'BOOK', 'PB', 'book', 'publisher')],
  ['book-chapter', CHAPTER],
  ['reference-entry', CHAPTER],
  ['dissertation', named('phdthesis', 'school', 'THES', 'PB', 'thesis', 'publisher')],
  ['report', named('techreport', 'institution', 'RPRT', 'PB', 'report', 'publisher')],
  ['dataset', named('misc', 'howpublished', 'DATA', 'PB', 'dataset', 'publisher')],
  ['software', named(
    'misc', 'howpublished', 'COMP', 'PB', 'document', 'publisher', 'Computer software')],
  ['standard', named('misc', 'howpublished', 'STAND', 'PB', 'standard', 'publisher')]
])

/**
 * Returns the type of a work; where none is known, an arXiv id makes it a preprint.
 * @param {WorkRecord} record
 */
export function kind({ work, ids }) {
  if (work.type !== null) return KINDS.get(work.type) ?? UNKNOWN
  return ids.some(({ scheme }) => scheme === 'arxiv') ? PREPRINT : UNKNOWN
}

/**
 * Returns whether the venue of a type is one of the bibliography, and no note.
 * @param {Kind} kind
 */
export function hasVenue(kind) {
  return kind.csl_venue !== 'note'
}
