// The words of texts, for search: without case, marks and punctuation, as `citehub/_search.py`
// has them.

const SPACE = 32
const LINE_END = 10
/** UTF-16 units that a byte of UTF-8 may become: U+FDFA has three, and folds to 18 letters. */
const GROWTH = 6

/** Of each ASCII character, what it is in a word: itself in lower case, or a space for none. */
const ASCII = Uint8Array.from({ length: 128 }, (_, code) =>
  (/[A-Za-z0-9]/.exec(String.fromCharCode(code))?.[0].toLowerCase() ?? ' ').charCodeAt(0))

const encoder = new TextEncoder()
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const utf16 = new TextDecoder('utf-16le')
const latin1 = new TextDecoder('latin1')

/** What other letters become, by their bytes; texts have many, but few different ones. */
/** @type {Map<number, string>} */
const FOLDED = new Map()

/**
 * Returns the words of a text.
 * @param {string} text
 * @returns {string[]}
 */
export function words(text) {
  const lines = new Lines()
  const bytes = encoder.encode(text)
  lines.add(bytes, 0, bytes.length)
  return lines.take().match(/[^ ]+/g) ?? []
}

/**
 * Lines of words, a space before each and one before the end of the line. They are made from
 * bytes, as decoding texts before they are joined and folded takes several times as long.
 */
export class Lines {
  constructor() {
    this.units = new Uint16Array(256)
    this.length = 0
    this.isWide = false
  }

  /**
   * Adds the words of a text to the line.
   * @param {Uint8Array} bytes in UTF-8
   * @param {number} from
   * @param {number} to
   */
  add(bytes, from, to) {
    this.makeRoom((to - from) * GROWTH + 3) // with a space before, and the end of the line
    const { units } = this
    let { length } = this
    if (units[length - 1] !== SPACE) units[length++] = SPACE
    for (let at = from; at < to;) {
      if (bytes[at] < 128) {
        const unit = ASCII[bytes[at++]]
        if (unit !== SPACE || units[length - 1] !== SPACE) units[length++] = unit
        continue
      }
      const end = at + (bytes[at] < 0xe0 ? 2 : bytes[at] < 0xf0 ? 3 : 4)
      const letters = foldLetter(bytes, at, end)
      for (let place = 0; place < letters.length; place++) {
        const unit = letters.charCodeAt(place)
        if (unit !== SPACE || units[length - 1] !== SPACE) units[length++] = unit
        if (unit > 0xff) this.isWide = true
      }
      at = end
    }
    this.length = length
  }

  /** Ends the line. */
  end() {
    this.makeRoom(2)
    if (this.units[this.length - 1] !== SPACE) this.units[this.length++] = SPACE
    this.units[this.length++] = LINE_END
  }

  /** Returns the lines, and begins anew. */
  take() {
    const units = this.units.subarray(0, this.length)
    const text = this.isWide ? utf16.decode(units) : latin1.decode(new Uint8Array(units))
    this.length = 0
    this.isWide = false
    return text
  }

  /** @param {number} more units to be added */
  makeRoom(more) {
    if (this.length + more <= this.units.length) return
    const { units } = this
    this.units = new Uint16Array(2 * (this.length + more))
    this.units.set(units.subarray(0, this.length))
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {number} from
 * @param {number} to
 */
function foldLetter(bytes, from, to) {
  let key = 0
  for (let at = from; at < to; at++) key = key << 8 | bytes[at]
  let folded = FOLDED.get(key)
  if (folded === undefined) {
    folded = utf8.decode(bytes.subarray(from, to))
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .toUpperCase()
      .toLowerCase()
      .replaceAll('ς', 'σ')
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
    FOLDED.set(key, folded)
  }
  return folded
}
