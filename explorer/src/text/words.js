// The words of texts, for search: without case, marks and punctuation, as `citehub/_search.py`
// has them.

/** Of each ASCII character, what it is in a word: itself in lower case, or 0 for none. */
const ASCII = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9\n]/.test(String.fromCharCode(code))
    ? String.fromCharCode(code).toLowerCase().charCodeAt(0)
    : 0)
const SPACE = 32
const LINE_END = 10

/**
 * Returns the words of a text.
 * @param {string} text
 * @returns {string[]}
 */
export function words(text) {
  return fold(text).match(/[^ \n]+/g) ?? []
}

/**
 * Returns the words of each line of a text, parted by one space. A loop over codes, as replacing
 * the gaps between words by a pattern takes several times as long.
 * @param {string} text
 */
export function fold(text) {
  const folded = text.replace(/[^\x00-\x7f]+/g, foldOthers)
  const isWide = /[^\x00-\xff]/.test(folded)
  const codes = new (isWide ? Uint16Array : Uint8Array)(folded.length)
  let length = 0
  let inGap = false
  for (let at = 0; at < folded.length; at++) {
    const code = folded.charCodeAt(at)
    const letter = code < 128 ? ASCII[code] : code
    if (letter === 0) {
      inGap = true
      continue
    }
    const isInLine = length > 0 && codes[length - 1] !== LINE_END && letter !== LINE_END
    if (inGap && isInLine) codes[length++] = SPACE
    inGap = false
    codes[length++] = letter
  }
  return new TextDecoder(isWide ? 'utf-16le' : 'latin1').decode(codes.subarray(0, length))
}

/** @param {string} text without ASCII */
function foldOthers(text) {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .replace(/[^\p{L}\p{N}\x00-\x7f]+/gu, ' ')
}
