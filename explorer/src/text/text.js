// Text from outside, made harmless for lines, JSON and CSV, as `citehub/_text.py` does it.

const BREAKS = /\r\n|[\t\n\v\f\r\x85\u2028\u2029]/g
const UNPRINTABLE = /[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]/gu
const UNSEEN = /[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g
const FORMULA = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/

// What Python takes for whitespace: unlike `\s`, with these controls and without U+FEFF.
const NO_SPACE = '[^\\p{White_Space}\\x1c-\\x1f]'
const STRIPPED = new RegExp(`${NO_SPACE}(?:.*${NO_SPACE})?`, 'su')
const PARTS = new RegExp(`${NO_SPACE}+`, 'gu')

/**
 * Returns text without whitespace at its ends.
 * @param {string} text
 */
export function strip(text) {
  return text.match(STRIPPED)?.[0] ?? ''
}

/**
 * Returns the parts of a text between whitespace.
 * @param {string} text
 * @returns {string[]}
 */
export function split(text) {
  return text.match(PARTS) ?? []
}

/**
 * Returns text that stands on one line of any text format, XML too: a break becomes a space,
 * any other control character U+FFFD.
 * @param {string} text
 */
export function cleanLine(text) {
  return text.replace(BREAKS, ' ').replace(UNPRINTABLE, '\ufffd')
}

/**
 * Tells whether a text may become a link: https or http, and a host without a user's name.
 * @param {string} text
 */
export const isWebAddress = text =>
  /^https?:\/\/[^\x00-\x20/?#\\@\x7f-\xa0]+(?![^/?#])/.test(text)

/**
 * Returns JSON; what cannot be seen stands as an escape, other letters as they are.
 * @param {unknown} value
 */
export function toJson(value) {
  return spaced(value).replace(UNSEEN, letter =>
    `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/**
 * JSON with a space after each colon and comma.
 * @param {unknown} value
 * @returns {string}
 */
function spaced(value) {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const pairs = Object.entries(value).map(([name, each]) => `"${name}": ${spaced(each)}`)
  return `{${pairs.join(', ')}}`
}

/**
 * Returns a line of CSV; null is an empty cell, and no text can become a formula. A cell with a
 * semicolon or tab is quoted, as some spreadsheets split there, too.
 * @param {(string | number | boolean | null)[]} cells
 */
export function csvLine(cells) {
  return `${cells.map(csvCell).join(',')}\n`
}

/** @param {string | number | boolean | null} value */
function csvCell(value) {
  if (typeof value !== 'string') return String(value ?? '')
  const text = FORMULA.test(value) ? `'${value}` : value
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * Compares texts by code points, as Python sorts them; JavaScript sorts by halves of those
 * beyond U+FFFF.
 * @param {string} left
 * @param {string} right
 */
export function byCodePoint(left, right) {
  const a = Array.from(left, codePoint)
  const b = Array.from(right, codePoint)
  const at = a.findIndex((point, place) => point !== b[place])
  return at < 0 ? a.length - b.length : a[at] - (b[at] ?? -1)
}

/**
 * Returns the code point of a letter.
 * @param {string} letter
 */
export function codePoint(letter) {
  return /** @type {number} */ (letter.codePointAt(0))
}
