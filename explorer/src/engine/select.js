// What works meet conditions, in what order, and what each other value of a facet would give.

import { haveAny, rowsOf } from './facets.js'
import { search } from './search.js'
import { FLAGS, LISTS, NOT_KNOWN } from '../shared.js'

/** @import { Conditions, Count, Facet, FlagFacet, ListFacet, Sort, View } from '../types.js' */
/** @import { Model } from './model.js' */

const LAST = 0x7fffffff // where a year that is not known comes, either way
/** @type {ListFacet[]} */
const LABELLED = ['role', 'polarity', 'subject']
/** @type {Record<string, string>} */
const METHODS = {
  'hub-page': 'section of the source’s page', 'hub-page-lead': 'opening line of the source’s page'
}
const YEARS = 2101 // years end at 2100, by the schema
const CANONICAL = 1 << 30 // a bit that is no condition's: the canonical work is no citing work

/** @type {ReturnType<typeof search>} */
const NO_SEARCH = { scores: new Int32Array(0), terms: [] }

/**
 * A condition: the facet that it belongs to, and a 1 for each work that meets it.
 * @typedef {{ facet: Facet | null, met: ArrayLike<number> }} Condition
 */

/** Answers conditions over a model; orders that were asked for once are kept. */
export class Selector {
  /**
   * @param {Model} model
   * @param {(workId: string) => number[]} relatedTo the work and those related to it
   */
  constructor(model, relatedTo) {
    this.model = model
    this.relatedTo = relatedTo
    /** @type {Partial<Record<Sort, Int32Array>>} */
    this.orders = {}
    /** @type {Record<FlagFacet, Int8Array>} 1 yes, 0 no, -1 not known */
    this.flags = {
      labelled: Int8Array.from(model.labelled),
      shared_authors: Int8Array.from(model.shared, names => Math.min(names, 1)),
      code: Int8Array.from(model.code)
    }
    /** @type {Pick<View, 'counts' | 'unknown'> | undefined} those of all works */
    this.whole = undefined
    this.lastSearch = { query: '', found: NO_SEARCH }
  }

  /**
   * @param {Conditions} conditions
   * @returns {View}
   */
  view(conditions) {
    const { model } = this
    const { search, related_to: of, sort } = conditions
    const { scores, terms } = this.search(search)
    const near = of ? Int32Array.from(this.relatedTo(of)) : null
    const wanted = this.conditions(conditions, scores, near)
    const failed = sift(model.count, wanted)
    const order = sort && sort !== 'relevance' ? this.order(sort) : near ?? this.order('hub')
    const numbers = search && (!sort || sort === 'relevance')
      ? byScore(scores, failed)
      : order.filter(number => !failed[number])
    /** @param {Facet[]} facets @returns {Int32Array} the works that conditions on all else leave */
    const left = (...facets) => {
      const passed = wanted.reduce((bits, { facet }, place) =>
        facet && facets.includes(facet) ? bits | 1 << place : bits, 0)
      return passed ? pass(failed, passed) : numbers
    }
    const dated = left('theme', 'year')
    const shown = timeline(model, numbers)
    return {
      numbers,
      terms,
      isCanonical: scores[0] > 0 && !scores.subarray(1).some(Boolean),
      ...wanted.length ? this.count(conditions, left) : this.whole ??= this.count(conditions, left),
      timeline: shown,
      timelineAll: dated === numbers ? shown : timeline(model, dated)
    }
  }

  /** @param {string} query */
  search(query) {
    if (query && query !== this.lastSearch.query) {
      this.lastSearch = { query, found: search(this.model.texts, query) }
    }
    return query ? this.lastSearch.found : NO_SEARCH
  }

  /**
   * @param {Conditions} wanted
   * @param {Int32Array} scores
   * @param {Int32Array | null} near works related to one
   * @returns {Condition[]}
   */
  conditions(wanted, scores, near) {
    const { model } = this
    /** @type {Condition[]} */
    const found = []
    if (wanted.search) found.push({ facet: null, met: scores })
    for (const facet of LISTS) {
      if (wanted[facet].length) {
        found.push({ facet, met: haveAny(model.facets[facet], wanted[facet]) })
      }
    }
    if (wanted.year) {
      const [first, last] = wanted.year
      found.push({ facet: 'year', met: model.years.map(year => +(year >= first && year <= last)) })
    }
    for (const flag of FLAGS) {
      if (wanted[flag] !== null) {
        const value = +(/** @type {boolean} */ (wanted[flag]))
        found.push({ facet: flag, met: this.flags[flag].map(each => +(each === value)) })
      }
    }
    if (near) found.push({ facet: null, met: among(model.count, near) })
    if (wanted.authors_of) {
      found.push({ facet: null, met: sameAuthors(model, wanted.authors_of) })
    }
    return found
  }

  /**
   * @param {Conditions} conditions
   * @param {(facet: Facet) => Int32Array} left
   * @returns {Pick<View, 'counts' | 'unknown'>}
   */
  count(conditions, left) {
    const { model } = this
    /** @type {Record<string, Count[]>} */
    const counts = { year: countYears(model, left('year')) }
    for (const facet of LISTS) {
      counts[facet] = countValues(model, facet, left(facet), conditions[facet])
    }
    /** @type {Record<string, number>} */
    const unknown = {}
    for (const flag of FLAGS) {
      const sums = [0, 0, 0]
      for (const number of left(flag)) sums[this.flags[flag][number] + 1]++
      const [isUnknown, no, yes] = sums
      unknown[flag] = isUnknown
      counts[flag] = [
        { value: 'yes', label: 'yes', count: yes }, { value: 'no', label: 'no', count: no }
      ]
    }
    return /** @type {Pick<View, 'counts' | 'unknown'>} */ ({ counts, unknown })
  }

  /** @param {Exclude<Sort, 'relevance'>} sort */
  order(sort) {
    const { model } = this
    const made = this.orders[sort]
    if (made) return made
    const numbers = Int32Array.from({ length: model.count - 1 }, (_, place) => place + 1)
    if (sort === 'title') {
      const keys = Array.from({ length: model.count }, (_, number) => model.texts.line(0, number))
      numbers.sort((one, two) => compare(keys[one], keys[two]) || one - two)
    } else if (sort === 'most-cited') {
      const keys = Array.from(model.works.citation_count, count => count ?? -1)
      numbers.sort((one, two) => keys[two] - keys[one] || one - two)
    } else if (sort !== 'hub') {
      const sign = sort === 'newest' ? -1 : 1
      const keys = Int32Array.from(model.years, (year, number) =>
        year ? sign * (year * 13 + model.months[number]) : LAST)
      numbers.sort((one, two) => keys[one] - keys[two] || one - two)
    }
    return this.orders[sort] = numbers
  }
}

/** @param {string} one @param {string} two */
const compare = (one, two) => one < two ? -1 : +(one > two)

/**
 * Tell which conditions each work fails, as a bit for each.
 * @param {number} count
 * @param {Condition[]} conditions
 */
function sift(count, conditions) {
  const failed = new Uint32Array(count)
  conditions.forEach(({ met }, place) => {
    const bit = 1 << place
    for (let number = 0; number < count; number++) if (!met[number]) failed[number] |= bit
  })
  failed[0] = CANONICAL
  return failed
}

/**
 * The works that fail no conditions but some.
 * @param {Uint32Array} failed
 * @param {number} passed a bit for each of the conditions that may be failed
 */
function pass(failed, passed) {
  const numbers = new Int32Array(failed.length)
  let length = 0
  for (let number = 0; number < failed.length; number++) {
    if (!(failed[number] & ~passed)) numbers[length++] = number
  }
  return numbers.subarray(0, length)
}

/**
 * @param {Int32Array} scores
 * @param {Uint32Array} failed
 */
function byScore(scores, failed) {
  // By counting: of equal scores the first work comes first, and no comparison is made.
  const sums = new Int32Array(scores.reduce((one, two) => Math.max(one, two), 0) + 2)
  for (let number = 0; number < scores.length; number++) if (!failed[number]) sums[scores[number]]++
  for (let score = sums.length - 2; score >= 0; score--) sums[score] += sums[score + 1]
  const numbers = new Int32Array(sums[0])
  for (let number = 0; number < scores.length; number++) {
    if (!failed[number]) numbers[sums[scores[number] + 1]++] = number
  }
  return numbers
}

/**
 * @param {Model} model
 * @param {ListFacet} facet
 * @param {Int32Array} left
 * @param {string[]} ticked
 * @returns {Count[]}
 */
function countValues(model, facet, left, ticked) {
  const { values, start, codes } = model.facets[facet]
  const sums = new Int32Array(values.length)
  for (const number of left) {
    for (let at = start[number]; at < start[number + 1]; at++) sums[codes[at]]++
  }
  const found = values.map((value, code) => ({ value, label: labelOf(model, facet, value), count: sums[code] }))
    .filter(({ value, count }) => (count || ticked.includes(value)) &&
      !(facet === 'representatives' && value === NOT_KNOWN))
  const unknown = found[0]?.value === NOT_KNOWN ? [found.shift()] : []
  if (facet !== 'theme') found.sort((one, two) => two.count - one.count)
  return [...found, .../** @type {Count[]} */ (unknown)]
}

/**
 * @param {Model} model
 * @param {ListFacet} facet
 * @param {string} value
 */
function labelOf(model, facet, value) {
  if (value === NOT_KNOWN) return LABELLED.includes(facet) ? 'not labelled' : value
  if (facet === 'representatives') return METHODS[value] ?? value
  if (facet !== 'theme') return value
  return model.themes.find(({ theme_id }) => theme_id === value)?.title ?? value
}

/**
 * @param {Model} model
 * @param {Int32Array} left
 * @returns {Count[]}
 */
function countYears({ years }, left) {
  const sums = new Int32Array(YEARS)
  const isKnown = new Uint8Array(YEARS)
  for (let number = 1; number < years.length; number++) isKnown[years[number]] = 1
  for (const number of left) sums[years[number]]++
  return Array.from(sums, (count, year) => ({ value: `${year}`, label: `${year}`, count }))
    .filter((_, year) => year && isKnown[year])
}

/**
 * @param {Model} model
 * @param {Int32Array} numbers
 * @returns {View['timeline']}
 */
function timeline({ facets, years }, numbers) {
  const { values, start, codes } = facets.theme
  const sums = new Int32Array(values.length * YEARS)
  for (const number of numbers) {
    for (let at = start[number]; at < start[number + 1]; at++) {
      sums[codes[at] * YEARS + years[number]]++
    }
  }
  /** @type {View['timeline']} */
  const found = []
  sums.forEach((count, at) => {
    if (count) found.push({ theme: values[Math.floor(at / YEARS)], year: at % YEARS || null, count })
  })
  return found
}

/** @param {number} count @param {Int32Array} numbers */
function among(count, numbers) {
  const met = new Uint8Array(count)
  for (const number of numbers) met[number] = 1
  return met
}

/** @param {Model} model @param {string} workId */
function sameAuthors(model, workId) {
  const { start, columns: [names] } = model.authors
  const number = model.numberOf(workId)
  const wanted = rowsOf(start, number)
  const met = new Uint8Array(model.count)
  for (let other = 0; other < model.count; other++) {
    for (let at = start[other]; at < start[other + 1]; at++) {
      if (wanted.some(row => names.isSame(at, names, row))) met[other] = 1
    }
  }
  met[number] = 1
  return met
}
