// Whole records of works: every row of every table that is of them.

import { groupRows, valuesOf } from './facets.js'
import { idsOf } from './model.js'

/** @import { WorkRecord } from '../types.js' */
/** @import { Model } from './model.js' */
/** @import { Tables } from './files.js' */

// Where a table holds the work that its rows are of.
const TABLES = {
  works: 'work_id',
  authorships: 'work_id',
  citations: 'citing_work_id',
  citation_labels: 'citing_work_id',
  citation_contexts: 'citing_work_id',
  representatives: 'work_id',
  evidence: 'row_key'
}
// What is read of a table, where that is not all of it.
/** @type {Partial<Record<TableName, string[]>>} */
const COLUMNS = {
  works: ['title', 'type', 'abstract', 'author_count'], // the model holds the others
  authorships: ['author_order', 'author_name', 'is_collective']
}
const BULK = 64 // works; of more, tables are read from end to end
const SLICE = 1 << 15 // rows that are objects at one time
const GAP = 64 // rows; nearer ones are read together

/** @typedef {keyof typeof TABLES} TableName */

/** Collects records; where each table has the rows of a work is looked up once. */
export class Records {
  /** @param {Tables} tables @param {Model} model */
  constructor(tables, model) {
    this.tables = tables
    this.model = model
    /** @type {Partial<Record<TableName, Promise<ReturnType<typeof groupRows>>>>} */
    this.places = {}
  }

  /**
   * Of many works, evidence is one row per table and source: exports ask no more.
   * @param {number[]} numbers
   * @returns {Promise<WorkRecord[]>}
   */
  async of(numbers) {
    const names = /** @type {TableName[]} */ (Object.keys(TABLES))
    const found = await Promise.all(names.map(name => this.rowsOf(name, numbers)))
    const rows = Object.fromEntries(names.map((name, at) => [name, found[at]]))
    return numbers.map((number, at) => ({
      number,
      work: { ...workOf(this.model, number), ...rows.works[at][0] },
      authors: rows.authorships[at].sort((one, two) => one.author_order - two.author_order),
      ids: idsOf(this.model, number),
      themes: valuesOf(this.model.facets.theme, number),
      citations: rows.citations[at],
      labels: rows.citation_labels[at],
      contexts: rows.citation_contexts[at],
      representatives: rows.representatives[at],
      evidence: rows.evidence[at]
    }))
  }

  /**
   * The rows of each work in one table.
   * @param {TableName} name
   * @param {number[]} numbers
   * @returns {Promise<any[][]>}
   */
  async rowsOf(name, numbers) {
    const total = this.tables.rows(name)
    if (!total) return numbers.map(() => [])
    const { start, rows } = await (this.places[name] ??= this.findPlaces(name))
    const wanted = numbers.map(number => [...rows.subarray(start[number], start[number + 1])])
    return numbers.length > BULK
      ? this.scan(name, wanted, total)
      : this.pick(name, wanted)
  }

  /** @param {TableName} name @param {number[][]} wanted */
  async pick(name, wanted) {
    /** @type {Map<number, any>} */
    const read = new Map()
    for (const [from, to] of joinRanges(wanted.flat())) {
      const part = await this.tables.slice(name, from, to, COLUMNS[name])
      part.forEach((row, at) => read.set(from + at, row))
    }
    return wanted.map(places => places.map(place => read.get(place)))
  }

  /** @param {TableName} name @param {number[][]} wanted @param {number} total */
  async scan(name, wanted, total) {
    const ownerOf = new Int32Array(total).fill(-1)
    wanted.forEach((places, at) => { for (const place of places) ownerOf[place] = at })
    /** @type {any[][]} */
    const found = wanted.map(() => [])
    const keep = name === 'evidence' ? keepSources() : (/** @type {any[]} */ rows, /** @type {any} */ row) => rows.push(row)
    for (let from = 0; from < total; from += SLICE) {
      const part = await this.tables.slice(name, from, Math.min(total, from + SLICE), COLUMNS[name])
      part.forEach((row, at) => { if (ownerOf[from + at] >= 0) keep(found[ownerOf[from + at]], row) })
    }
    return found
  }

  /** @param {TableName} name */
  async findPlaces(name) {
    const { count, numbers, numberOf } = this.model
    if (numbers[name]) return groupRows(count, numbers[name])
    const [keys] = await this.tables.columns(name, [TABLES[name]])
    const isKey = TABLES[name] === 'row_key'
    return groupRows(count, Int32Array.from(keys, key =>
      numberOf.get(isKey ? firstPart(key) : key) ?? -1))
  }
}

/** @param {Model} model @param {number} number */
const workOf = ({ works }, number) =>
  Object.fromEntries(Object.entries(works).map(([name, column]) => [name, column[number]]))

/** Keep one row per table and source, the same object for all works. */
function keepSources() {
  /** @type {Map<string, any>} */
  const known = new Map()
  return (/** @type {any[]} */ rows, /** @type {any} */ row) => {
    const key = `${row.table_name}|${row.source_id}`
    let same = known.get(key)
    if (!same) known.set(key, same = row)
    if (!rows.includes(same)) rows.push(same)
  }
}

/**
 * The first part of a row's key, as evidence spells keys.
 * @param {string} key
 */
function firstPart(key) {
  const end = key.indexOf('|')
  const part = end < 0 ? key : key.slice(0, end)
  return part.includes('%') ? part.replaceAll('%7C', '|').replaceAll('%25', '%') : part
}

/**
 * Join rows to ranges that are read at once.
 * @param {number[]} rows
 * @returns {[number, number][]}
 */
function joinRanges(rows) {
  /** @type {[number, number][]} */
  const ranges = []
  for (const row of rows.sort((one, two) => one - two)) {
    const last = ranges.at(-1)
    if (last && row <= last[1] + GAP) last[1] = row + 1
    else ranges.push([row, row + 1])
  }
  return ranges
}
