// APA style, as plain text: a line that a manuscript can take, as `citehub/export/apa.py`.

import { cleanLine } from '../text/text.js'
import { urlOf } from '../text/work.js'
import { hasVenue, kind } from './kinds.js'
import { initials, names, wholeFamily } from './names.js'
import { eprint } from './record.js'

/** @import { WorkRecord } from '../types.js' */
/** @import { Format } from './index.js' */
/** @import { Name } from './names.js' */

const MOST_AUTHORS = 20 // of more, the first nineteen and the last are named

/**
 * The reference of each work on a line.
 * @type {Format}
 */
export const format = { rounds: [record => `${reference(record)}\n`] }

/**
 * The reference of a work; what is not known is left out, or `n.d.`. Without authors the title
 * comes first.
 * @param {WorkRecord} record
 */
function reference(record) {
  const { work } = record
  const arxiv = hasVenue(kind(record)) ? null : eprint(record)
  const plain = cleanLine(work.title_plain)
  const title = arxiv ? `${plain} (${arxiv})` : plain
  const year = `(${work.publication_year || 'n.d.'})`
  const by = list(names(record).map(author))
  const parts = by ? [`${ended(by)} ${year}`, title] : [title, year]
  const published = arxiv ? 'arXiv' : work.venue
  if (published) parts.push(cleanLine(published))
  const url = urlOf(record)
  return [...parts.map(ended), ...(url ? [cleanLine(url)] : [])].join(' ')
}

/** @param {string} part */
function ended(part) {
  return /[.?!]$/.test(part) ? part : `${part}.`
}

/** @param {string[]} authors */
function list(authors) {
  const last = authors[authors.length - 1]
  if (authors.length > MOST_AUTHORS) {
    return `${authors.slice(0, MOST_AUTHORS - 1).join(', ')}, . . . ${last}`
  }
  return authors.length > 1 ? `${authors.slice(0, -1).join(', ')}, & ${last}` : authors.join('')
}

/** @param {Name} name */
function author(name) {
  if (name.isLiteral) return name.family
  return [wholeFamily(name), initials(name), name.suffix].filter(Boolean).join(', ')
}
