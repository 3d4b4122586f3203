// Printed names as family and given names, by the heuristic of `citehub/export/names.py`.

import { cleanLine, split } from '../text/text.js'

/** @import { AuthorRow, WorkRecord } from '../types.js' */

/**
 * The parts of a name; a name that is not split is all `family`, and literal.
 * @typedef {object} Name
 * @property {string} given
 * @property {string} particle
 * @property {string} family
 * @property {string} suffix
 * @property {boolean} isLiteral
 */

const SUFFIXES = ['Jr.', 'Jr', 'Sr.', 'Sr', 'II', 'III', 'IV']

/**
 * Returns the authors of a work in printed order.
 * @param {WorkRecord} record
 */
export function names(record) {
  return record.authors.map(splitName).filter(name => name.family)
}

/**
 * Returns the parts of a printed name as BibTeX takes them: the last word, and small-letter
 * words before it. Names of groups, of one word, or with a comma, `and` or an ampersand are not
 * split.
 * @param {AuthorRow} author
 * @returns {Name}
 */
export function splitName(author) {
  const words = split(cleanLine(author.author_name))
  const printed = words.join(' ')
  const hasSuffix = words.length > 2 && SUFFIXES.includes(words[words.length - 1])
  const suffix = hasSuffix ? words.splice(-1)[0] : ''
  const isGroup = author.is_collective || /[,;&{}]/.test(printed)
  if (isGroup || words.length < 2 || words.includes('and')) {
    return { given: '', particle: '', family: printed, suffix: '', isLiteral: true }
  }
  let start = words.length - 1
  while (start > 1 && /^\p{Ll}/u.test(words[start - 1])) start--
  return {
    given: words.slice(0, start).join(' '),
    particle: words.slice(start, -1).join(' '),
    family: words[words.length - 1],
    suffix,
    isLiteral: false
  }
}

/**
 * Returns the family name with its particle, as `van der Wal`.
 * @param {Name} name
 */
export function wholeFamily({ particle, family }) {
  return particle ? `${particle} ${family}` : family
}

/**
 * Returns the initials of the given names, as `J.-L. B.`.
 * @param {Name} name
 */
export function initials({ given }) {
  return given.split(' ').map(initialsOfWord).join(' ')
}

/** @param {string} word */
function initialsOfWord(word) {
  return word.split('-').filter(Boolean).map(([letter]) => `${letter}.`).join('-')
}
