// Exports: works in the formats of other tools, each in the same text as `citehub export`.

import { format as apa } from './apa.js'
import { format as bibtex } from './bibtex.js'
import { format as cslJson } from './csl_json.js'
import { format as csv } from './csv.js'
import { format as graphml } from './graphml.js'
import { format as ris } from './ris.js'
import { cleanLine } from '../text/text.js'

/** @import { ExportFormat, HubFacts, WorkRecord } from '../types.js' */

/**
 * A format: a head, what it says of each work in one round or more, and a tail.
 * @typedef {object} Format
 * @property {(facts: HubFacts) => string} [head]
 * @property {((record: WorkRecord, facts: HubFacts, selected: Set<string>) => string)[]} rounds
 * @property {string} [between] works of a round
 * @property {string} [tail]
 * @property {string} [empty] what stands for no work at all, where that is not head and tail
 * @property {boolean} [hasCanonical] whether it holds the canonical work, too
 */

/**
 * Where records come from.
 * @typedef {object} Source
 * @property {(numbers: number[]) => Promise<WorkRecord[]>} read
 * @property {(number: number) => string} idOf the work_id
 */

/** @type {Record<ExportFormat, Format>} */
const FORMATS = { bibtex, ris, 'csl-json': cslJson, csv, graphml, apa }
const BATCH = 4096 // works whose records are held at one time

/**
 * Returns works in a format, in the order of their numbers as given. They are read in hub order,
 * which is that of the files, some at a time, and whoever else asks gets a turn between.
 * @param {ExportFormat} name
 * @param {number[]} given
 * @param {Source} source
 * @param {HubFacts} stated
 */
export async function exported(name, given, source, stated) {
  const { hub, version, canonical } = stated // by whoever made the hub
  const facts = { hub: cleanLine(hub), version: cleanLine(version), canonical }
  const format = FORMATS[name]
  const numbers = format.hasCanonical && !given.includes(0) ? [0, ...given] : given
  const selected = new Set(numbers.map(source.idOf))
  const placeOf = new Map(numbers.map((number, place) => [number, place]))
  /** @type {string[][]} */
  const texts = format.rounds.map(() => new Array(numbers.length))
  const inHubOrder = [...placeOf.keys()].sort((one, two) => one - two)
  for (let from = 0; from < inHubOrder.length; from += BATCH) {
    if (from) await new Promise(resolve => setTimeout(resolve))
    for (const record of await source.read(inHubOrder.slice(from, from + BATCH))) {
      const place = /** @type {number} */ (placeOf.get(record.number))
      format.rounds.forEach((write, round) => {
        texts[round][place] = write(record, facts, selected)
      })
    }
  }
  const { head, between = '', tail = '', empty } = format
  const parts = numbers.length || empty === undefined
    ? [head?.(facts) ?? '', ...texts.map(round => round.join(between)), tail]
    : [empty]
  return new Blob(parts, { type: 'text/plain' })
}
