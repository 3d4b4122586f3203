// The facts of a paper, for its details and for the table that compares.

import { cleanLine } from '../text/text.js'
import { published, shown, valueOf } from '../text/work.js'
import { el, link, many } from './dom.js'
import { citedLine, idLink, parted } from './paper.js'

/** @import { CitationRow, LabelRow, RankRow, WorkRecord } from '../types.js' */
/** @import { Page } from './app.js' */

/** @typedef {(Node | string)[]} Value what is known; empty where nothing is */

/**
 * Returns the facts of a paper by name, always the same names in the same order.
 * @param {WorkRecord} record
 * @param {Page} page
 * @param {number} [most] authors before the others are folded
 * @returns {[name: string, value: Value][]}
 */
export function facts(record, page, most = Infinity) {
  const { work, authors, ids, themes, citations, local, labels, representatives } = record
  const ofMany = citations.length > 1
  /** @param {(row: CitationRow) => string | number | boolean | null} get @returns {Value} */
  const cited = get => joined(citations.filter(row => get(row) !== null).map(row =>
    `${text(get(row))}${ofMany ? ` (of ${row.cited_work_id})` : ''}`))
  const names = authors.map(row => row.author_name + (row.is_collective ? ' (a group)' : ''))
  const themeLink = (/** @type {string} */ theme) => {
    const title = page.engine.themes.find(each => each.theme_id === theme)?.title ?? theme
    const href = page.config.theme_page?.replace('{}', () => encodeURIComponent(theme))
    return href ? el('a', { href }, cleanLine(title)) : el('span', {}, cleanLine(title))
  }
  return [
    ['Title as printed', one(work.title)],
    ['Authors', names.length > most + 1 ? folded(names, most) : joined(names)],
    ['Number of authors', one(work.author_count)],
    ['First version', one(published(work))],
    ['Type', one(work.type)],
    ['Venue', one(work.venue)],
    ['Category', one(work.primary_category)],
    ['Themes', parted(themes.map(themeLink), '; ')],
    ['Finding', one(work.finding)],
    ['Source of the finding', one(work.finding_source)],
    ['Place in the hub', cited(row => row.hub_position)],
    ['Months after the cited work', cited(row => row.timespan_months)],
    ['Author names shared with it (equal spelling, a heuristic)', cited(row => row.shared_authors)],
    ['Cited by', work.citation_count === null ? [] : [counted(record)]],
    ['Influential citation', cited(row => row.is_influential)],
    ['Labels of its citation', joined([...new Set(shown(labels).map(labelled))], '; ')],
    ['Citing papers that it cites', joined([...new Set(local.map(row => row.cited_work_id))])],
    ['Representative', joined(representatives.map(ranked), '; ')],
    ['Identifiers', parted(ids.map(idLink), ', ')],
    ['Code', url(work.code_url)],
    ['Model weights', url(work.model_url)],
    ['Retracted', one(work.is_retracted)]
  ]
}

/** @param {WorkRecord} record how often it is cited, who counted, and when */
const counted = ({ work, evidence }) => [citedLine(work), ...evidence.filter(row =>
  row.table_name === 'works' && row.column_name === 'citation_count' && row.other_value === null
).map(row => `source ${cleanLine(row.source_id)}`)].join(', ')

/** @param {RankRow} row */
const ranked = ({ method, rank, covers, reason }) =>
  `${method}, no. ${rank}` + (covers ? `, for ${many(covers, 'paper')}` : '') +
  (reason ? `: ${reason}` : '')

/** @param {LabelRow} label */
const labelled = label =>
  `${label.scheme}: ${valueOf(label)} (by ${label.labeler}, source ${label.source_id})`

/** @param {string | number | boolean | null} value */
const text = value => typeof value === 'boolean' ? (value ? 'yes' : 'no') : cleanLine(`${value}`)

/** @param {string | number | boolean | null} value @returns {Value} */
const one = value => value === null ? [] : [text(value)]

/** @param {string[]} values @param {string} [between] @returns {Value} */
const joined = (values, between = ', ') => values.length ? [cleanLine(values.join(between))] : []

/** @param {string[]} names @param {number} most @returns {Value} */
const folded = (names, most) => [...joined(names.slice(0, most)),
  el('details', {}, el('summary', {}, `${names.length - most} more`), ...joined(names.slice(most)))]

/** @param {string | null} address @returns {Value} */
const url = address => address ? [link(address, cleanLine(address))] : []

/**
 * Returns the value as it stands, or that it is not known.
 * @param {Value} value
 */
export const orNotKnown = value =>
  value.length ? value : [el('span', { class: 'cx-unknown' }, 'not known')]
