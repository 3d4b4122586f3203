// Ranked search, as citehub/_search.py has it: the same works in the same order.
//
// The words of a field stand in strings of some hundred works each, so that one native scan
// answers for all of them; an index of 100,000 works would take longer to build than this page
// takes to load.

import { MATCHES } from '../shared.js'
import { Lines, words } from '../text/words.js'
import { parseIdentifier } from '../text/identifiers.js'

/** @import { Term } from '../types.js' */
/** @import { Texts } from './texts.js' */

const CHUNK = 512 // works
const SPACE = 32

/**
 * A field of some works: ` its words `, a line each, and where each line starts.
 * @typedef {{ text: string, starts: Int32Array }} Chunk
 */

/** The texts of all works, made ready to be searched. */
export class SearchTexts {
  /** @param {Chunk[][]} fields @param {number} count of works */
  constructor(fields, count) {
    this.fields = fields
    this.count = count
    /** @type {string[] | undefined} */
    this.known = undefined
  }

  /** @param {Chunk[]} field the next one */
  add(field) {
    this.fields.push(field)
    this.known = undefined
  }

  /** Every word of every work, once. */
  vocabulary() {
    if (!this.known) {
      const found = new Set()
      for (const { text } of this.fields.flat()) {
        for (const word of text.split(/[ \n]+/)) found.add(word)
      }
      this.known = [...found]
    }
    return this.known
  }

  /**
   * The line of a work.
   * @param {number} field
   * @param {number} number
   */
  line(field, number) {
    const { text, starts } = this.fields[field][Math.floor(number / CHUNK)]
    const line = number % CHUNK
    return text.slice(starts[line], starts[line + 1])
  }
}

/**
 * Make a field ready to be searched.
 * @param {number} count of works
 * @param {Texts[]} columns whose texts follow each other
 * @param {Int32Array} [start] the rows of work `n` are from `start[n]` on; else it is row `n`
 * @returns {Chunk[]}
 */
export function foldTexts(count, columns, start) {
  const lines = new Lines()
  const chunks = []
  for (let from = 0; from < count; from += CHUNK) {
    const to = Math.min(count, from + CHUNK)
    const starts = new Int32Array(to - from + 1)
    for (let number = from; number < to; number++) {
      const end = start ? start[number + 1] : number + 1
      for (let row = start ? start[number] : number; row < end; row++) {
        for (const texts of columns) texts.addTo(lines, row)
      }
      lines.end()
      starts[number - from + 1] = lines.length
    }
    chunks.push({ text: lines.take(), starts })
  }
  return chunks
}

/**
 * Score every work for a query.
 * @param {SearchTexts} texts
 * @param {string} query
 * @returns {{ scores: Int32Array, terms: Term[] }} a score of 0 where a work does not match
 */
export function search(texts, query) {
  /** @type {string[]} */
  const wanted = words(parseIdentifier(query)?.value ?? query)
  const scores = new Int32Array(texts.count)
  /** @type {Term[]} */
  const terms = []
  wanted.forEach((word, place) => {
    const [exact, isWord] = scoresOf(texts, word, quality => quality)
    const typo = !exact && lengthOf(word) >= MATCHES.typoFrom
    const [found, instead] = typo ? typoScores(texts, word) : [exact, []]
    terms.push({ word, typo, instead, isWord })
    for (let number = 0; number < texts.count; number++) {
      const score = found ? found[number] : 0
      scores[number] = score && (place === 0 || scores[number]) ? scores[number] + score : 0
    }
  })
  if (wanted.length === 1) addWholeTitles(scores)
  else if (wanted.length) addPhrase(texts, ` ${wanted.join(' ')} `, scores)
  return { scores, terms }
}

/**
 * The best score of a word in each work, null where no work has it; and whether a citing work
 * has it as a whole word.
 * @param {SearchTexts} texts
 * @param {string} word
 * @param {(quality: number) => number} worth
 * @returns {[Int32Array | null, boolean]}
 */
function scoresOf(texts, word, worth) {
  const best = new Int32Array(texts.count)
  const pattern = lengthOf(word) >= MATCHES.insideFrom ? word : ` ${word}`
  const lead = pattern.length - word.length
  let any = false
  let isWord = false
  texts.fields.forEach((chunks, field) => {
    for (let chunk = 0; chunk < chunks.length; chunk++) {
      const { text, starts } = chunks[chunk]
      let line = 0
      let at = text.indexOf(pattern)
      while (at >= 0) {
        while (starts[line + 1] <= at) line++
        const begins = at + lead
        const isStart = text.charCodeAt(begins - 1) === SPACE
        const isWhole = isStart && text.charCodeAt(begins + word.length) === SPACE
        const score = MATCHES.fields[field] * worth(isWhole ? MATCHES.whole : isStart ? MATCHES.start : MATCHES.inside)
        const number = chunk * CHUNK + line
        isWord ||= isWhole && number > 0
        if (score > best[number]) {
          best[number] = score
          any = true
        }
        // Nothing better than the whole word comes later in this work's line.
        at = text.indexOf(pattern, isWhole ? starts[line + 1] : at + 1)
      }
    }
  })
  return [any ? best : null, isWord]
}

/**
 * The scores of words a letter off, and those of them that citing works have.
 * @param {SearchTexts} texts
 * @param {string} word
 * @returns {[Int32Array | null, string[]]}
 */
function typoScores(texts, word) {
  let best = null
  const instead = []
  for (const other of texts.vocabulary()) {
    if (!oneLetterOff(word, other)) continue
    const [found, isWord] = scoresOf(texts, other, quality => quality === MATCHES.whole ? MATCHES.typo : 0)
    if (!found) continue
    if (isWord) instead.push(other)
    best ??= new Int32Array(texts.count)
    for (let number = 0; number < texts.count; number++) {
      if (found[number] > best[number]) best[number] = found[number]
    }
  }
  return [best, instead]
}

/**
 * A phrase of one word is in the titles that have it as a whole word, which the score tells.
 * @param {Int32Array} scores
 */
function addWholeTitles(scores) {
  for (let number = 0; number < scores.length; number++) {
    if (scores[number] === MATCHES.fields[0] * MATCHES.whole) scores[number] += MATCHES.phrase
  }
}

/** @param {SearchTexts} texts @param {string} phrase @param {Int32Array} scores */
function addPhrase(texts, phrase, scores) {
  texts.fields[0].forEach(({ text, starts }, chunk) => {
    let line = 0
    let at = text.indexOf(phrase)
    while (at >= 0) {
      while (starts[line + 1] <= at) line++
      const number = chunk * CHUNK + line
      if (scores[number]) scores[number] += MATCHES.phrase
      at = text.indexOf(phrase, starts[line + 1])
    }
  })
}

/**
 * Tell whether one letter added, left out, changed or swapped turns one word into the other.
 * @param {string} word
 * @param {string} other
 */
export function oneLetterOff(word, other) {
  if (Math.abs(word.length - other.length) > 2) return false // units; a letter may take two
  const [left, right] = [letters(word), letters(other)]
  let at = 0
  while (at < Math.min(left.length, right.length) && left[at] === right[at]) at++
  return sameTail(left, at + 1, right, at) || sameTail(left, at, right, at + 1) ||
    sameTail(left, at + 1, right, at + 1) ||
    (left[at] === right[at + 1] && left[at + 1] === right[at] && sameTail(left, at + 2, right, at + 2))
}

/** @param {string} word */
const lengthOf = word => letters(word).length

/** @param {string} word @returns {ArrayLike<string>} */
const letters = word => /[\ud800-\udfff]/.test(word) ? [...word] : word

/**
 * @param {ArrayLike<string>} left
 * @param {number} i
 * @param {ArrayLike<string>} right
 * @param {number} j
 */
function sameTail(left, i, right, j) {
  if (left.length - i !== right.length - j) return false
  while (i < left.length) if (left[i++] !== right[j++]) return false
  return true
}
