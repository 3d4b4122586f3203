// Which parts of a text the search found.

import { words } from '../text/words.js'
import { oneLetterOff } from '../engine/search.js'
import { MATCHES } from '../shared.js'

/** @import { Term } from '../types.js' */

const MARK = /\p{M}/u
const PLAIN = /[a-z0-9]/i

/**
 * Returns the pieces of a text, each with whether a word of the search is found there.
 * @param {string} text
 * @param {Term[]} terms
 * @returns {{ text: string, hit: boolean }[]}
 */
export function markText(text, terms) {
  if (!terms.length) return [{ text, hit: false }]
  const { folded, starts, ends } = foldInPlace(text)
  const hits = terms.flatMap(({ word, typo }) => (typo ? typos : places)(folded, word))
    .sort(([one], [two]) => one - two)
  const pieces = []
  let done = 0
  for (const [from, to] of hits) {
    const [start, end] = [Math.max(starts[from], done), ends[to - 1]]
    if (end <= start) continue
    if (start > done) pieces.push({ text: text.slice(done, start), hit: false })
    const last = pieces.at(-1)
    if (last?.hit) last.text += text.slice(start, end)
    else pieces.push({ text: text.slice(start, end), hit: true })
    done = end
  }
  if (done < text.length) pieces.push({ text: text.slice(done), hit: false })
  return pieces
}

/**
 * @param {string} folded
 * @param {string} word
 * @returns {[number, number][]}
 */
function places(folded, word) {
  /** @type {[number, number][]} */
  const found = []
  for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
    if (word.length >= MATCHES.insideFrom || at === 0 || folded[at - 1] === ' ') {
      found.push([at, at + word.length])
    }
  }
  return found
}

/**
 * @param {string} folded
 * @param {string} word
 * @returns {[number, number][]}
 */
const typos = (folded, word) => [...folded.matchAll(/[^ ]+/g)]
  .filter(([other]) => oneLetterOff(word, other))
  .map(({ 0: other, index }) => [index, index + other.length])

/**
 * The words of a text as the search has them, and where each of their letters comes from.
 * @param {string} text
 */
function foldInPlace(text) {
  let folded = ''
  /** @type {number[]} */
  const starts = []
  /** @type {number[]} */
  const ends = []
  let at = 0
  for (const letter of text) {
    const end = at + letter.length
    if (MARK.test(letter)) ends[ends.length - 1] = end // belongs to the letter before it
    else for (const unit of foldLetter(letter)) {
      folded += unit
      for (let i = 0; i < unit.length; i++) {
        starts.push(at)
        ends.push(end)
      }
    }
    at = end
  }
  return { folded, starts, ends }
}

/** @param {string} letter */
function foldLetter(letter) {
  if (letter < '\x80') return PLAIN.test(letter) ? letter.toLowerCase() : ' ' // most are, so fast
  return words(letter).join(' ') || ' '
}
