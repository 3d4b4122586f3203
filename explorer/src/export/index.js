// Exports: works in the formats of other tools, each in the same text as `citehub export`.

import { write as apa } from './apa.js'
import { write as bibtex } from './bibtex.js'
import { write as cslJson } from './csl_json.js'
import { write as csv } from './csv.js'
import { write as graphml } from './graphml.js'
import { write as ris } from './ris.js'

/** @import { ExportFormat, HubFacts, WorkRecord } from '../types.js' */

/** @type {Record<ExportFormat, (records: WorkRecord[], facts: HubFacts) => string>} */
const WRITERS = { bibtex, ris, 'csl-json': cslJson, csv, graphml, apa }

/**
 * Returns works in a format; a network holds the canonical work too, which the citations lead to.
 * @param {ExportFormat} format
 * @param {WorkRecord[]} records
 * @param {HubFacts} facts
 * @param {WorkRecord} canonical
 */
export function exported(format, records, facts, canonical) {
  const isLacking = !records.some(record => record.work.work_id === facts.canonical)
  const all = format === 'graphml' && isLacking ? [canonical, ...records] : records
  return WRITERS[format](all, facts)
}
