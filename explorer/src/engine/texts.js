// Columns of texts, as the bytes that their file has: of 100,000 works few are ever shown.

/** @import { Lines } from '../text/words.js' */

const utf8 = new TextDecoder()

/** The texts of some rows; each is decoded when it is asked for. */
export class Texts {
  /**
   * @param {Uint8Array} bytes
   * @param {Int32Array} places where the text of each row begins, after four bytes that say how
   *   long it is; 0 for none
   */
  constructor(bytes, places) {
    this.bytes = bytes
    this.places = places
  }

  get length() {
    return this.places.length
  }

  /** @param {number} place */
  endOf(place) {
    const { bytes } = this
    return place + (bytes[place - 4] | bytes[place - 3] << 8 | bytes[place - 2] << 16 |
      bytes[place - 1] << 24)
  }

  /**
   * The text of a row; null where there is none.
   * @param {number} row
   * @returns {any}
   */
  at(row) {
    const place = this.places[row]
    return place ? utf8.decode(this.bytes.subarray(place, this.endOf(place))) : null
  }

  /**
   * All texts; one that the file has once for many rows is decoded once.
   * @returns {any[]}
   */
  strings() {
    const known = new Map()
    return Array.from(this.places, (place, row) => {
      let text = known.get(place)
      if (text === undefined) known.set(place, text = this.at(row))
      return text
    })
  }

  /**
   * These texts in other rows.
   * @param {Int32Array} rows
   */
  arrange(rows) {
    return new Texts(this.bytes, rows.map(row => this.places[row]))
  }

  /**
   * Tell whether a row has the same text as one of these or other texts.
   * @param {number} row
   * @param {Texts} other
   * @param {number} otherRow
   */
  isSame(row, other, otherRow) {
    const from = this.places[row]
    const otherFrom = other.places[otherRow]
    if (from === otherFrom && this.bytes === other.bytes) return true
    const length = this.endOf(from) - from
    if (other.endOf(otherFrom) - otherFrom !== length) return false
    for (let at = length - 1; at >= 0; at--) { // from the end: identifiers begin alike
      if (this.bytes[from + at] !== other.bytes[otherFrom + at]) return false
    }
    return true
  }

  /**
   * Add the words of a row to lines.
   * @param {Lines} lines
   * @param {number} row
   */
  addTo(lines, row) {
    const place = this.places[row]
    if (place) lines.add(this.bytes, place, this.endOf(place))
  }
}
