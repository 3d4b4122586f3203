// Related works: those that use the same rare words, as citehub/_related.py has it. A heuristic.

import { PASSED_OVER, SHARED_WORDS } from '../shared.js'

/** @import { Related } from '../types.js' */

const SMALLEST = 0.0004 // a nearness below rounds to nothing
const PASSED = new Set(PASSED_OVER)

/** Nearness of works by the words of their titles and findings, made when first asked for. */
export class Words {
  /**
   * @param {number} count of works
   * @param {(number: number) => string} textOf its words
   */
  constructor(count, textOf) {
    /** @type {Map<string, number>} */
    const codeOf = new Map()
    /** @type {number[]} */
    const used = [] // how many works use a word
    /** @type {number[]} */
    const codes = []
    /** @type {number[]} */
    const times = []
    /** Those of work `n` are from `start[n]` on. */
    this.start = new Int32Array(count + 1)
    for (let number = 0; number < count; number++) {
      /** @type {Map<number, number>} */
      const placeOf = new Map() // of the words of this work
      for (const word of textOf(number).split(/[ \n]+/)) {
        if (!word || PASSED.has(word) || /^\p{Nd}+$/u.test(word)) continue
        let code = codeOf.get(word)
        if (code === undefined) codeOf.set(word, code = used.push(0) - 1)
        const place = placeOf.get(code)
        if (place !== undefined) times[place]++
        else {
          placeOf.set(code, codes.push(code) - 1)
          times.push(1)
          used[code]++
        }
      }
      this.start[number + 1] = codes.length
    }
    this.words = [...codeOf.keys()]
    this.codes = Int32Array.from(codes)
    this.weights = Float64Array.from(times, (n, place) =>
      n * Math.log((1 + count) / used[codes[place]]))
    for (let number = 0; number < count; number++) {
      const own = this.weights.subarray(this.start[number], this.start[number + 1])
      const length = Math.sqrt(own.reduce((sum, weight) => sum + weight * weight, 0))
      own.forEach((weight, place) => { own[place] = weight / length })
    }
  }

  /**
   * The weight of each word in a work.
   * @param {number} number
   */
  weightsOf(number) {
    const weights = new Float64Array(this.words.length)
    for (let place = this.start[number]; place < this.start[number + 1]; place++) {
      weights[this.codes[place]] = this.weights[place]
    }
    return weights
  }

  /**
   * The works nearest to one, the nearest first.
   * @param {number} of
   * @param {number} most
   * @param {number[]} [among] works to choose from; all by default
   * @returns {Related[]}
   */
  related(of, most, among) {
    const { start, codes, weights } = this
    const wanted = this.weightsOf(of)
    const found = []
    const count = among ? among.length : start.length - 1
    for (let at = 0; at < count; at++) {
      const number = among ? among[at] : at
      let sum = 0
      for (let place = start[number]; place < start[number + 1]; place++) {
        sum += wanted[codes[place]] * weights[place]
      }
      const score = number === of || sum < SMALLEST ? 0 : Number(sum.toFixed(3))
      if (score) found.push({ number, score, shared: /** @type {string[]} */ ([]) })
    }
    found.sort((one, two) => two.score - one.score)
    const nearest = found.slice(0, most)
    for (const each of nearest) each.shared = this.shared(wanted, each.number)
    return nearest
  }

  /** @param {Float64Array} wanted @param {number} number */
  shared(wanted, number) {
    const found = []
    for (let place = this.start[number]; place < this.start[number + 1]; place++) {
      const weight = wanted[this.codes[place]] * this.weights[place]
      if (weight) found.push({ word: this.words[this.codes[place]], weight })
    }
    return found.sort((a, b) => b.weight - a.weight || (a.word < b.word ? -1 : 1))
      .slice(0, SHARED_WORDS).map(({ word }) => word)
  }
}
