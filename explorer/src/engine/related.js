// Related works: those that use the same rare words, as citehub/_related.py has it. A heuristic.

import { words } from '../text/words.js'

/** @import { Related } from '../types.js' */

const SHOWN = 4
const PASSED_OVER = new Set(('a an and are as at be by for from in into is it its of on or per than ' +
  'that the their these this to using via we which while with without').split(' '))

/** Nearness of works by the words of their titles and findings, made when first asked for. */
export class Words {
  /** @param {string[]} texts of each work */
  constructor(texts) {
    /** @type {Map<string, number>} how many works use a word */
    const used = new Map()
    const bags = texts.map(text => {
      /** @type {Map<string, number>} */
      const bag = new Map()
      for (const word of words(text)) {
        if (PASSED_OVER.has(word) || /^\p{Nd}+$/u.test(word)) continue
        if (!bag.has(word)) used.set(word, (used.get(word) ?? 0) + 1)
        bag.set(word, (bag.get(word) ?? 0) + 1)
      }
      return bag
    })
    /** @type {Map<string, number>[]} */
    this.vectors = bags.map(bag => {
      let length = 0
      for (const [word, times] of bag) {
        const weight = times * Math.log((1 + texts.length) / /** @type {number} */ (used.get(word)))
        bag.set(word, weight)
        length += weight * weight
      }
      for (const [word, weight] of bag) bag.set(word, weight / Math.sqrt(length))
      return bag
    })
  }

  /**
   * The works nearest to one, the nearest first.
   * @param {number} of
   * @param {number} most
   * @param {number[]} [among] works to choose from; all by default
   * @returns {Related[]}
   */
  related(of, most, among) {
    const wanted = this.vectors[of]
    const found = []
    for (const number of among ?? this.vectors.keys()) {
      if (number === of) continue
      const vector = this.vectors[number]
      let sum = 0
      for (const [word, weight] of wanted) sum += weight * (vector.get(word) ?? 0)
      const score = Number(sum.toFixed(3))
      if (score) found.push({ number, score, shared: /** @type {string[]} */ ([]) })
    }
    found.sort((one, two) => two.score - one.score)
    for (const each of found.slice(0, most)) each.shared = this.shared(of, each.number)
    return found.slice(0, most)
  }

  /** @param {number} one @param {number} two */
  shared(one, two) {
    const other = this.vectors[two]
    return [...this.vectors[one]]
      .map(([word, weight]) => ({ word, weight: weight * (other.get(word) ?? 0) }))
      .filter(({ weight }) => weight)
      .sort((a, b) => b.weight - a.weight || (a.word < b.word ? -1 : 1))
      .slice(0, SHOWN).map(({ word }) => word)
  }
}
