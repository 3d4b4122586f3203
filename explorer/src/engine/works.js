// Works by their ids.

/** @import { Texts } from './texts.js' */

const PATIENCE = 20 // times the number of works are compared before all are looked up

/** @typedef {{ ids: Texts, numberOf: (id: string) => number }} WorkIds */

/**
 * Make ids to be found; the number of one that is not there is -1.
 * @param {Texts} ids
 * @returns {WorkIds}
 */
export function makeWorkIds(ids) {
  /** @type {Map<string | null, number> | undefined} */
  let known // made when it is needed
  return {
    ids,
    numberOf(id) {
      known ??= new Map(ids.strings().map((id, number) => [id, number]))
      return known.get(id) ?? -1
    }
  }
}

/**
 * The work of each row of a table; rows mostly follow the order of the works.
 * @param {WorkIds} works
 * @param {Texts} keys
 */
export function findNumbers({ ids, numberOf }, keys) {
  const count = ids.length
  const numbers = new Int32Array(keys.length)
  let left = PATIENCE * count
  let last = 0
  for (let row = 0; row < keys.length; row++) {
    const most = Math.min(left, count)
    let passed = 0
    while (passed < most && !keys.isSame(row, ids, (last + passed) % count)) passed++
    left -= passed
    const number = passed < most ? (last + passed) % count : numberOf(keys.at(row))
    numbers[row] = number
    if (number >= 0) last = number
  }
  return numbers
}
