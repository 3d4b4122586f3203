// Whole records of works: every row of every table that is of them.

import { groupRows, valuesOf } from './facets.js'
import { idsOf } from './model.js'
import { sortPassages } from '../text/passages.js'

/** @import { ContextRow, WorkRecord } from '../types.js' */
/** @import { Model } from './model.js' */
/** @import { Tables } from './files.js' */

// Where a table holds the work that its rows are of.
const TABLES = {
  works: 'work_id',
  authorships: 'work_id',
  citations: 'citing_work_id',
  citation_labels: 'citing_work_id',
  citation_contexts: 'citing_work_id',
  text_readings: 'work_id',
  local_citations: 'citing_work_id',
  representatives: 'work_id',
  work_notes: 'work_id',
  evidence: 'row_key'
}
// What is read of a table, where that is not all of it.
/** @type {Partial<Record<TableName, string[]>>} */
const COLUMNS = {
  works: ['title', 'type', 'abstract', 'author_count', 'page_url'], // the model holds the others
  authorships: ['author_order', 'is_collective', 'family_name', 'given_name', 'name_suffix']
}
/** Columns of a passage that say what it says and where it stands. */
export const PASSAGE = [
  'context_id', 'text', 'gist', 'section', 'section_number', 'place', 'position', 'mark', 'group_size'
]
/** @param {string} one @param {string} two */
const compare = (one, two) => Number(one > two) - Number(one < two)
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
   * @param {number[]} numbers
   * @param {Partial<Record<TableName, string[]>>} [columns] of tables of which less is asked for;
   *   of none a table is not read
   * @returns {Promise<WorkRecord[]>}
   */
  async of(numbers, columns) {
    const names = /** @type {TableName[]} */ (Object.keys(TABLES))
    const found = await Promise.all(names.map(name =>
      this.rowsOf(name, numbers, columns?.[name] ?? COLUMNS[name])))
    const { start, columns: [authors] } = this.model.authors
    const rows = Object.fromEntries(names.map((name, at) => [name, found[at]]))
    return numbers.map((number, at) => ({
      number,
      work: { ...workOf(this.model, number), ...rows.works[at][0] },
      authors: rows.authorships[at].sort((one, two) => one.author_order - two.author_order)
        .map((row, place) => ({ ...row, author_name: authors.at(start[number] + place) })),
      ids: idsOf(this.model, number),
      themes: valuesOf(this.model.facets.theme, number),
      citations: rows.citations[at],
      labels: rows.citation_labels[at],
      contexts: sortPassages(rows.citation_contexts[at]),
      readings: rows.text_readings[at].sort((one, two) => one.reading - two.reading),
      local: rows.local_citations[at],
      representatives: rows.representatives[at],
      notes: rows.work_notes[at].sort((one, two) =>
        compare(one.kind, two.kind) || one.position - two.position),
      evidence: rows.evidence[at]
    }))
  }

  /**
   * The passages of each work, in the order of the text.
   * @param {number[]} numbers
   * @param {boolean} withIds the longest column
   * @returns {Promise<ContextRow[][]>}
   */
  async passages(numbers, withIds) {
    const columns = [...PASSAGE.slice(withIds ? 0 : 1), 'section_kind']
    return (await this.rowsOf('citation_contexts', numbers, columns)).map(sortPassages)
  }

  /**
   * The rows of each work in one table.
   * @param {TableName} name
   * @param {number[]} numbers
   * @param {string[]} [columns]
   * @returns {Promise<any[][]>}
   */
  async rowsOf(name, numbers, columns) {
    if (!this.tables.rows(name) || columns?.length === 0) return numbers.map(() => [])
    const { start, rows } = await (this.places[name] ??= this.findPlaces(name).catch(error => {
      delete this.places[name] // so that it can be tried again
      throw error
    }))
    const wanted = numbers.map(number => [...rows.subarray(start[number], start[number + 1])])
    /** @type {Map<number, any>} */
    const read = new Map()
    for (const [from, to] of joinRanges(wanted.flat())) {
      const part = await this.tables.slice(name, from, to, columns)
      part.forEach((row, at) => read.set(from + at, row))
    }
    return wanted.map(places => places.map(place => read.get(place)))
  }

  /** @param {TableName} name */
  async findPlaces(name) {
    const { count, numbers, numberOf } = this.model
    if (numbers[name]) return groupRows(count, numbers[name])
    const [keys] = await this.tables.columns(name, [TABLES[name]])
    const isKey = TABLES[name] === 'row_key'
    return groupRows(count, Int32Array.from(keys.strings(), key =>
      numberOf(isKey ? firstPart(key) : key)))
  }
}

/** @param {Model} model @param {number} number */
const workOf = ({ works }, number) =>
  Object.fromEntries(Object.entries(works).map(([name, column]) => [name, column.at(number)]))

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
