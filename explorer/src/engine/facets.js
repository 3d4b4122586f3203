// Facets: the values of each work, as numbers, so that 100,000 works are counted in a moment.

import { NOT_KNOWN } from '../shared.js'

/**
 * The values of each work: those of work `n` are `codes[start[n]]` to `codes[start[n + 1] - 1]`,
 * each a place in `values`. A work without any has the first value, which is 'not known'.
 * @typedef {{ values: string[], start: Int32Array, codes: Int32Array }} FacetIndex
 */

/**
 * Index the values of a facet.
 * @param {number} count of works
 * @param {ArrayLike<number>} numbers a work each, -1 where it is none
 * @param {(string | null)[]} texts its value; equal values of a work count once
 * @param {string[]} first values that come first, in this order
 * @returns {FacetIndex}
 */
export function indexFacet(count, numbers, texts, first = []) {
  const values = [NOT_KNOWN, ...first]
  const codeOf = new Map(values.map((value, code) => [value, code]))
  const rowCodes = new Int32Array(texts.length)
  for (let row = 0; row < texts.length; row++) {
    const text = texts[row]
    if (text === null) continue
    let code = codeOf.get(text)
    if (code === undefined) codeOf.set(text, code = values.push(text) - 1)
    rowCodes[row] = code
  }
  const grouped = groupRows(count, numbers)
  const start = new Int32Array(count + 1)
  const codes = new Int32Array(count + texts.length)
  let end = 0
  for (let number = 0; number < count; number++) {
    for (let at = grouped.start[number]; at < grouped.start[number + 1]; at++) {
      const code = rowCodes[grouped.rows[at]]
      let before = start[number]
      while (before < end && codes[before] !== code) before++
      if (code && before === end) codes[end++] = code
    }
    if (end === start[number]) end++ // not known
    start[number + 1] = end
  }
  return { values, start, codes }
}

/**
 * Group the rows of a table by work: those of `n` are `rows[start[n]]` and following.
 * @param {number} count of works
 * @param {ArrayLike<number>} numbers a work for each row, -1 where it is none
 */
export function groupRows(count, numbers) {
  const start = new Int32Array(count + 1)
  for (let row = 0; row < numbers.length; row++) if (numbers[row] >= 0) start[numbers[row] + 1]++
  for (let number = 0; number < count; number++) start[number + 1] += start[number]
  const rows = new Int32Array(start[count])
  const next = start.slice()
  for (let row = 0; row < numbers.length; row++) {
    if (numbers[row] >= 0) rows[next[numbers[row]]++] = row
  }
  return { start, rows }
}

/**
 * The rows of one work, where those of `n` are from `start[n]` on.
 * @param {Int32Array} start
 * @param {number} number
 */
export const rowsOf = (start, number) =>
  Array.from({ length: start[number + 1] - start[number] }, (_, at) => start[number] + at)

/**
 * The values of one work, without 'not known'.
 * @param {FacetIndex} facet
 * @param {number} number
 */
export function valuesOf({ values, start, codes }, number) {
  return Array.from(codes.subarray(start[number], start[number + 1])).filter(Boolean)
    .map(code => values[code])
}

/**
 * Tell which works have any of some values.
 * @param {FacetIndex} facet
 * @param {string[]} wanted
 * @returns {Uint8Array} 1 where a work has
 */
export function haveAny({ values, start, codes }, wanted) {
  const isWanted = values.map(value => wanted.includes(value))
  const have = new Uint8Array(start.length - 1)
  for (let number = 0; number < have.length; number++) {
    for (let at = start[number]; at < start[number + 1]; at++) {
      if (isWanted[codes[at]]) have[number] = 1
    }
  }
  return have
}
