// Tables with several rows of a work, which have by far the most rows that the search needs. In
// large hubs a Worker of their own reads them, and is told the ids of the works.

import { groupRows } from './facets.js'
import { foldTexts } from './search.js'
import { Texts } from './texts.js'
import { findNumbers, makeWorkIds } from './works.js'

/** @import { Tables } from './files.js' */
/** @import { Chunk } from './search.js' */
/** @import { WorkIds } from './works.js' */

/**
 * Rows by work: those of work `n` are from `start[n]` on. `numbers` has the work of each row of
 * the table, `folded` what the search looks at.
 * @typedef {{ start: Int32Array, columns: Texts[], numbers: Int32Array, folded: Chunk[] }} Rows
 */

/** @typedef {{ authors: Rows, ids: Rows }} AllRows */
/** @typedef {(ids: Promise<Texts>) => Promise<AllRows>} RowsReader given the ids of the works */

/**
 * Read the names of authors in the order of print, and the schemes and values of identifiers.
 * @param {Tables} tables
 * @param {Promise<Texts>} readingIds of the works
 * @returns {Promise<AllRows>}
 */
export async function readRows(tables, readingIds) {
  const [workIds, [authorKeys], [names, orders], [idKeys], ids] = await Promise.all([
    readingIds,
    tables.columns('authorships', ['work_id']), // apart, as keys are not kept
    tables.columns('authorships', ['author_name', 'author_order']),
    tables.columns('work_ids', ['work_id']),
    tables.columns('work_ids', ['scheme', 'value'])
  ])
  const works = makeWorkIds(workIds)
  return { authors: group(works, authorKeys, [names], orders), ids: group(works, idKeys, ids) }
}

/**
 * @param {WorkIds} works
 * @param {Texts} keys
 * @param {Texts[]} columns
 * @param {number[]} [orders] of rows within their work
 * @returns {Rows}
 */
function group(works, keys, columns, orders) {
  const count = works.ids.length
  const numbers = findNumbers(works, keys)
  const { start, rows } = groupRows(count, numbers)
  if (orders) putInOrder(start, rows, orders)
  const arranged = columns.map(texts => texts.arrange(rows))
  return { start, columns: arranged, numbers, folded: foldTexts(count, arranged, start) }
}

/**
 * Sort the rows of each work, in which order they mostly stand already.
 * @param {Int32Array} start
 * @param {Int32Array} rows
 * @param {number[]} orders
 */
function putInOrder(start, rows, orders) {
  for (let number = 0; number + 1 < start.length; number++) {
    for (let at = start[number] + 1; at < start[number + 1]; at++) {
      if (orders[rows[at - 1]] > orders[rows[at]]) {
        rows.subarray(start[number], start[number + 1])
          .sort((one, two) => orders[one] - orders[two])
        break
      }
    }
  }
}

/**
 * Read rows for another thread, which sends the ids of the works first.
 * @param {MessagePort} port
 * @param {RowsReader} read
 */
export async function sendRows(port, read) {
  /** @type {Promise<Texts>} */
  const ids = new Promise(resolve => {
    port.onmessage = ({ data }) => resolve(restore(data))
  })
  try {
    const { authors, ids: identifiers } = await read(ids)
    const arrays = [authors, identifiers].flatMap(({ start, numbers, columns }) =>
      [start, numbers, ...columns.flatMap(({ bytes, places }) => [bytes, places])])
    port.postMessage({ authors, ids: identifiers },
      [...new Set(arrays.map(({ buffer }) => buffer))])
  } catch (error) {
    port.postMessage({ error: /** @type {Error} */ (error).message })
  }
}

/**
 * Receive what `sendRows` sends from the other end.
 * @param {MessagePort} port
 * @returns {RowsReader}
 */
export const receiveRows = port => readingIds => new Promise((resolve, reject) => {
  readingIds.then(ids => port.postMessage(ids), reject)
  /** @param {Rows} rows */
  const restoreAll = rows => ({ ...rows, columns: rows.columns.map(restore) })
  port.onmessage = ({ data: { error, authors, ids } }) => {
    if (error) reject(new Error(error))
    else resolve({ authors: restoreAll(authors), ids: restoreAll(ids) })
  }
})

/** @param {Texts} texts that have lost their class on the way */
const restore = ({ bytes, places }) => new Texts(bytes, places)
