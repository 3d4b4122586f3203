// CSV: a row per work, for spreadsheets, as `citehub/export/csv.py`.

import { cleanLine, csvLine } from '../text/text.js'
import { COLUMNS } from '../shared.js'
import { row } from './columns.js'
import { NOT_KNOWN } from './record.js'

/** @import { Cell } from './columns.js' */
/** @import { Format } from './index.js' */

/**
 * The header and a line per work. A list stands in one cell, parted by `; `; a semicolon
 * or percent sign inside of a part as `%3B` and `%25`. Null is an empty cell, and `not known` for
 * the role and polarity of a citing work.
 * @type {Format}
 */
export const format = {
  head: () => csvLine(COLUMNS),
  rounds: [(record, facts) => {
    const cells = plain(row(record, facts))
    return csvLine(COLUMNS.map(name => textOf(cells[name])))
  }]
}

/**
 * @param {Record<string, Cell>} cells
 * @returns {Record<string, Cell>}
 */
function plain(cells) {
  const isCiting = cells.relation === 'citing work'
  return {
    ...cells,
    role: isCiting ? cells.role ?? NOT_KNOWN : cells.role,
    polarity: isCiting ? cells.polarity ?? NOT_KNOWN : cells.polarity,
    arxiv: cells.arxiv && `arXiv:${cells.arxiv}` // which would lose its last zero as a number
  }
}

/** @param {Cell} value */
function textOf(value) {
  if (Array.isArray(value)) return value.map(escaped).join('; ')
  if (value instanceof Date) return value.toISOString().slice(0, '2026-11-29'.length)
  return typeof value === 'string' ? cleanLine(value) : value
}

/** @param {string} part of a list */
function escaped(part) {
  return cleanLine(part).replaceAll('%', '%25').replaceAll(';', '%3B')
}
