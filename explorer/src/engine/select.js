// What works meet conditions, in what order, and what each other value of a facet would give.

import { haveAny } from './facets.js'
import { search } from './search.js'
import { FLAGS, LISTS, NOT_KNOWN } from '../state/names.js'
import { fold } from '../text/words.js'

/** @import { Conditions, Count, Facet, FlagFacet, ListFacet, Sort, View } from '../types.js' */
/** @import { Model } from './model.js' */

const LAST = 0x7fffffff // where a year that is not known comes, either way
const YEARS = 2101 // years end at 2100, by the schema
const OTHER = 255 // a condition that no facet shows: search, related works, authors

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
      code: Int8Array.from(model.works.code_url, url => +(url !== null))
    }
    /** @type {import('./search.js').SearchTexts | undefined} */
    this.texts = undefined
    this.lastSearch = { query: '', found: NO_SEARCH }
  }

  /**
   * @param {Conditions} conditions
   * @returns {View}
   */
  view(conditions) {
    const { model } = this
    const { scores, terms } = this.search(conditions.search)
    const { fails, failing, others, facets } =
      sift(model.count, this.conditions(conditions, scores))
    const sort = conditions.sort || (conditions.search ? 'relevance' : 'hub')
    const numbers = sort === 'relevance' && conditions.search
      ? byScore(scores, fails)
      : this.order(sort === 'relevance' ? 'hub' : sort).filter(number => !fails[number])
    const all = fails.map(failed => +!failed)
    const shown = timeline(model, fails)
    /** @param {Facet} facet @returns {Uint8Array} 1 for each work that all other conditions leave */
    const left = facet => {
      const place = facets.indexOf(facet)
      return place < 0 ? all : fails.map((failed, number) =>
        +(!failed || (failed === 1 && failing[number] === place)))
    }
    return {
      numbers,
      terms,
      counts: this.counts(conditions, left),
      unknown: /** @type {View['unknown']} */ (
        Object.fromEntries(FLAGS.map(flag => [flag, this.unknown(flag, left(flag))]))),
      timeline: shown,
      timelineAll: facets.some(isOfTimeline) ? timeline(model, others) : shown
    }
  }

  /** What is searched; made when first asked for, as the first view needs none. */
  makeTexts() {
    return this.texts ??= this.model.makeTexts()
  }

  /** @param {string} query */
  search(query) {
    if (query && query !== this.lastSearch.query) {
      this.lastSearch = { query, found: search(this.makeTexts(), query) }
    }
    return query ? this.lastSearch.found : NO_SEARCH
  }

  /**
   * @param {Conditions} wanted
   * @param {Int32Array} scores
   * @returns {Condition[]}
   */
  conditions(wanted, scores) {
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
    if (wanted.related_to) {
      found.push({ facet: null, met: among(model.count, this.relatedTo(wanted.related_to)) })
    }
    if (wanted.authors_of) {
      found.push({ facet: null, met: sameAuthors(model, wanted.authors_of) })
    }
    return found
  }

  /**
   * @param {FlagFacet} flag
   * @param {Uint8Array} left
   */
  unknown(flag, left) {
    const values = this.flags[flag]
    let sum = 0
    for (let number = 0; number < left.length; number++) if (values[number] < 0) sum += left[number]
    return sum
  }

  /**
   * @param {Conditions} conditions
   * @param {(facet: Facet) => Uint8Array} left
   * @returns {View['counts']}
   */
  counts(conditions, left) {
    const { model } = this
    /** @type {Partial<View['counts']>} */
    const counts = {}
    for (const facet of LISTS) {
      counts[facet] = countValues(model, facet, left(facet), conditions[facet])
    }
    counts.year = countYears(model, left('year'))
    for (const flag of FLAGS) {
      const values = this.flags[flag]
      const isLeft = left(flag)
      const sums = [0, 0]
      for (let number = 0; number < model.count; number++) {
        if (isLeft[number] && values[number] >= 0) sums[values[number]]++
      }
      counts[flag] = [
        { value: 'yes', label: 'yes', count: sums[1] }, { value: 'no', label: 'no', count: sums[0] }
      ]
    }
    return /** @type {View['counts']} */ (counts)
  }

  /** @param {Exclude<Sort, 'relevance'>} sort */
  order(sort) {
    const { model } = this
    const made = this.orders[sort]
    if (made) return made
    const numbers = Int32Array.from({ length: model.count - 1 }, (_, place) => place + 1)
    if (sort === 'title') {
      const keys = fold(model.works.title_plain.map(flatten).join('\n')).split('\n')
      numbers.sort((one, two) => compare(keys[one], keys[two]) || one - two)
    } else if (sort !== 'hub') {
      const sign = sort === 'newest' ? -1 : 1
      const keys = Int32Array.from(model.years, (year, number) =>
        year ? sign * (year * 13 + model.months[number]) : LAST)
      numbers.sort((one, two) => keys[one] - keys[two] || one - two)
    }
    return this.orders[sort] = numbers
  }
}

/** @param {string} text */
const flatten = text => text.replaceAll('\n', ' ')

/** @param {string} one @param {string} two */
const compare = (one, two) => one < two ? -1 : +(one > two)

/** @param {Facet | null} facet */
const isOfTimeline = facet => facet === 'theme' || facet === 'year'

/**
 * Count the conditions that each work fails, and remember the facet of one of them.
 * @param {number} count
 * @param {Condition[]} conditions
 */
function sift(count, conditions) {
  const fails = new Uint8Array(count)
  const failing = new Uint8Array(count)
  const others = new Uint8Array(count) // of those that fail, how many are not of theme and year
  /** @type {(Facet | null)[]} */
  const facets = conditions.map(({ facet }) => facet)
  conditions.forEach(({ facet, met }, place) => {
    for (let number = 0; number < count; number++) {
      if (!met[number]) {
        fails[number]++
        failing[number] = facet ? place : OTHER
        if (!isOfTimeline(facet)) others[number]++
      }
    }
  })
  fails[0] = others[0] = 2 // the canonical work is no citing work
  return { fails, failing, others, facets }
}

/**
 * @param {Int32Array} scores
 * @param {Uint8Array} fails
 */
function byScore(scores, fails) {
  // By counting: of equal scores the first work comes first, and no comparison is made.
  const sums = new Int32Array(scores.reduce((one, two) => Math.max(one, two), 0) + 2)
  for (let number = 0; number < scores.length; number++) if (!fails[number]) sums[scores[number]]++
  for (let score = sums.length - 2; score >= 0; score--) sums[score] += sums[score + 1]
  const numbers = new Int32Array(sums[0])
  for (let number = 0; number < scores.length; number++) {
    if (!fails[number]) numbers[sums[scores[number] + 1]++] = number
  }
  return numbers
}

/**
 * @param {Model} model
 * @param {ListFacet} facet
 * @param {Uint8Array} left
 * @param {string[]} ticked
 * @returns {Count[]}
 */
function countValues(model, facet, left, ticked) {
  const { values, start, codes } = model.facets[facet]
  const sums = new Int32Array(values.length)
  for (let number = 0; number < left.length; number++) {
    if (!left[number]) continue
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
  if (value === NOT_KNOWN) return facet === 'role' || facet === 'polarity' ? 'not labelled' : value
  return model.themes.find(({ theme_id }) => facet === 'theme' && theme_id === value)?.title ?? value
}

/**
 * @param {Model} model
 * @param {Uint8Array} left
 * @returns {Count[]}
 */
function countYears({ years }, left) {
  const sums = new Int32Array(YEARS)
  const isKnown = new Uint8Array(YEARS)
  for (let number = 1; number < left.length; number++) {
    sums[years[number]] += left[number]
    isKnown[years[number]] = 1
  }
  return Array.from(sums, (count, year) => ({ value: `${year}`, label: `${year}`, count }))
    .filter((_, year) => year && isKnown[year])
}

/**
 * @param {Model} model
 * @param {Uint8Array} leftOut 0 for the works that are counted
 * @returns {View['timeline']}
 */
function timeline({ count, facets, years }, leftOut) {
  const { values, start, codes } = facets.theme
  const sums = new Int32Array(values.length * YEARS)
  for (let number = 1; number < count; number++) {
    if (leftOut[number]) continue
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

/** @param {number} count @param {number[]} numbers */
function among(count, numbers) {
  const met = new Uint8Array(count)
  for (const number of numbers) met[number] = 1
  return met
}

/** @param {Model} model @param {string} workId */
function sameAuthors(model, workId) {
  const { start, names } = model.authors
  const number = model.numberOf.get(workId) ?? -1
  const wanted = new Set(names.slice(start[number], start[number + 1]))
  const met = new Uint8Array(model.count)
  for (let other = 0; other < model.count; other++) {
    for (let at = start[other]; at < start[other + 1]; at++) {
      if (wanted.has(names[at])) met[other] = 1
    }
  }
  met[number] = 1
  return met
}
