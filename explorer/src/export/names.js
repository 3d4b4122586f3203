// Names in parts: as their source states them, else by the heuristic of `citehub/export/names.py`.

import { cleanLine, split } from '../text/text.js'

/** @import { AuthorRow, WorkRecord } from '../types.js' */

/**
 * The parts of a name; a name that is not split is all `family`, and literal. What is `dropped` is
 * a particle that stands behind the given name where the family name comes first.
 * @typedef {object} Name
 * @property {string} given
 * @property {string} particle
 * @property {string} family
 * @property {string} suffix
 * @property {boolean} isLiteral
 * @property {string} dropped
 */

const EAST_ASIAN =
  /^[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\u{20000}-\u{3ffff}]/u
const SUFFIXES = ['Jr.', 'Jr', 'Sr.', 'Sr', 'II', 'III', 'IV']

/**
 * Returns the authors of a work in printed order.
 * @param {WorkRecord} record
 */
export function names(record) {
  return record.authors.map(splitName).filter(name => name.family)
}

/**
 * Returns the parts of a name: those that its source states, else as BibTeX takes them: the last
 * word, and small-letter words before it. Names of groups, of one word, or with a comma, `and` or
 * an ampersand are not split.
 * @param {AuthorRow} author
 * @returns {Name}
 */
export function splitName(author) {
  const stated = split(cleanLine(author.family_name ?? ''))
  if (stated.length && !author.is_collective) return takeStated(author, stated)
  const words = split(cleanLine(author.author_name))
  const printed = words.join(' ')
  const hasSuffix = words.length > 2 && SUFFIXES.includes(words[words.length - 1])
  const suffix = hasSuffix ? words.splice(-1)[0] : ''
  const isGroup = author.is_collective || /[,;&{}]/.test(printed)
  if (isGroup || words.length < 2 || words.includes('and')) {
    return { given: '', particle: '', family: printed, suffix: '', isLiteral: true, dropped: '' }
  }
  let start = words.length - 1
  while (start > 1 && isSmall(words[start - 1])) start--
  return {
    given: words.slice(0, start).join(' '),
    particle: words.slice(start, -1).join(' '),
    family: words[words.length - 1],
    suffix,
    isLiteral: false,
    dropped: ''
  }
}

/**
 * The parts that a source states; small-letter words of them are particles.
 * @param {AuthorRow} author
 * @param {string[]} family
 * @returns {Name}
 */
function takeStated(author, family) {
  const given = split(cleanLine(author.given_name ?? ''))
  const start = Math.max(family.findIndex(word => !isSmall(word)), 0)
  let end = given.length
  while (end > 1 && isSmall(given[end - 1])) end--
  return {
    given: given.slice(0, end).join(' '),
    particle: family.slice(0, start).join(' '),
    family: family.slice(start).join(' '),
    suffix: split(cleanLine(author.name_suffix ?? '')).join(' '),
    isLiteral: false,
    dropped: given.slice(end).join(' ')
  }
}

/** @param {string} word */
function isSmall(word) {
  return /^\p{Ll}/u.test(word)
}

/**
 * Returns the family name with its particle, as `van der Wal`.
 * @param {Name} name
 */
export function wholeFamily({ particle, family }) {
  return particle ? `${particle} ${family}` : family
}

/**
 * Returns the given names with the particle that is dropped, as `Jean de`.
 * @param {Name} name
 */
export function wholeGiven({ given, dropped }) {
  return dropped ? `${given} ${dropped}` : given
}

/**
 * Returns the initials of the given names, as `J.-L. B.`.
 * @param {Name} name
 */
export function initials({ given, dropped }) {
  const words = given.split(' ').map(word => word.split('-').filter(Boolean).map(initial).join('-'))
  return dropped ? `${words.join(' ')} ${dropped}` : words.join(' ')
}

/**
 * An initial; Chinese, Japanese and Korean names are not abbreviated.
 * @param {string} part
 */
function initial(part) {
  const [letter] = part
  return EAST_ASIAN.test(part) ? part : `${letter}.`
}
