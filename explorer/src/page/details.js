// All that the hub knows of a paper, opened below its entry.

import { describeWords, listPassages } from '../text/passages.js'
import { cleanLine } from '../text/text.js'
import { joinLabelers, markedTitle } from '../text/work.js'
import { button, el, many } from './dom.js'
import { facts, orNotKnown } from './facts.js'
import { ownPage } from './paper.js'

/** @import { Entry, EvidenceRow, LabelRow, Related, WorkRecord } from '../types.js' */
/** @import { Page } from './app.js' */

const NEIGHBOURS = 5
const OTHER_WORDS =
  'What stands without quotation marks is in the words of a curator or a model, not the paper’s.'
const HEURISTIC =
  'Papers that use the same rare words. A heuristic: no source says that they belong together.'

/**
 * Returns the details of a paper; they come a moment later.
 * @param {number} number
 * @param {Page} page
 */
export function details(number, page) {
  const node = el('div', { class: 'cx-details' }, el('p', {}, 'Reading …'))
  fill(node, number, page).catch(error => node.replaceChildren(el('p', {},
    `The details cannot be shown: ${error.message}. Close them and try again.`)))
  return node
}

/** @param {HTMLElement} node @param {number} number @param {Page} page */
async function fill(node, number, page) {
  const [record, related] = await Promise.all([
    page.engine.record(number), page.engine.related(number, NEIGHBOURS)
  ])
  const neighbours = await page.engine.entries(related.map(each => each.number))
  const { work } = record
  const own = ownPage(number, work.work_id, page.config)
  node.replaceChildren(
    el('h4', {}, 'Why it cites'), ...why(record, page),
    el('h4', {}, 'What is known of it'),
    el('dl', { class: 'cx-facts' }, ...facts(record, page).flatMap(([name, value]) =>
      [el('dt', {}, name), el('dd', {}, ...orNotKnown(value))])),
    el('h4', {}, 'Abstract'),
    el('p', {}, ...orNotKnown(work.abstract ? [cleanLine(work.abstract)] : [])),
    el('h4', {}, 'Neighbours'),
    el('p', {}, HEURISTIC),
    el('ol', { class: 'cx-neighbours' }, ...related.map((each, place) =>
      neighbour(each, neighbours[place], page))),
    el('p', { class: 'cx-actions' },
      button('Show its neighbours in the list', () => page.change({ related_to: work.work_id })),
      button('Papers that share author names (equal spelling)', () =>
        page.change({ authors_of: work.work_id })),
      own ? el('a', { href: own }, 'Page of this paper') : null),
    evidence(record.evidence))
}

/**
 * Returns the passages in which it cites, who judged them, and the result of looking for them.
 * @param {WorkRecord} record
 * @param {Page} page
 */
function why(record, page) {
  const passages = listPassages(record)
  const isByMany = new Set(passages.map(({ by }) => by)).size > 1
  return [
    ...passages.length
      ? [el('ol', { class: 'cx-passages' }, ...passages.map(each => passage(each, isByMany))),
        ...record.contexts.some(({ gist, text }) => gist && !text) ? [el('p', {}, OTHER_WORDS)] : []]
      : [el('p', {}, 'No passage is known.')],
    ...judges(record.labels.filter(label => passages.some(({ row }) =>
      row.context_id === label.context_id))),
    ...record.readings.map(({ status, form, text_version, note }) => {
      const about = [form, text_version].filter(Boolean).join(', ')
      const means = page.config.text_statuses[status] ?? status
      return el('p', {}, cleanLine(
        `Text${about && ` (${about})`}: ${means}${note ? ` ${note}` : ''}`))
    })
  ]
}

/**
 * @param {ReturnType<typeof listPassages>[number]} passage
 * @param {boolean} isByMany whether others judged other passages
 */
function passage({ row, role, polarity, subject, by }, isByMany) {
  const { text, gist, section, section_number, place, mark, group_size, names_work } = row
  const share = group_size && group_size > 1 ? `, which ${group_size} works share` : ''
  const at = [
    section || section_number ? [section_number, section].filter(Boolean).join(' ')
      : 'section not known',
    ...place && place !== 'text' ? [place] : [],
    mark ? `mark ${mark}${share}` : names_work ? 'named without a mark' : ''
  ].filter(Boolean).join(' · ')
  const judged = Object.entries({ role, polarity, subject, 'judged by': isByMany && by })
    .filter(([, value]) => value).map(([name, value]) => `${name}: ${value}`).join(' · ')
  return el('li', {},
    el('p', {}, el('strong', {}, cleanLine(at))),
    el(text ? 'blockquote' : 'p', {}, cleanLine(describeWords({ text, gist: text ? null : gist }))),
    el('p', {}, ...judged ? [cleanLine(judged)] : ['not labelled']))
}

const PEOPLE = ['settled', 'person']
const MACHINES = ['majority', 'model', 'rule']

/**
 * Returns who judged, and that no person did where that is so.
 * @param {LabelRow[]} labels of the passages
 */
function judges(labels) {
  const by = joinLabelers(labels)
  const kinds = labels.map(label => label.labeler_kind ?? '')
  const isChecked = kinds.some(kind => PEOPLE.includes(kind))
  return !by ? [] : [el('p', {}, cleanLine(`Judged by: ${by}.`),
    !isChecked && kinds.some(kind => MACHINES.includes(kind)) ? ' No judgement by a person is known.' : '')]
}

/** @param {Related} related @param {Entry} entry @param {Page} page */
function neighbour({ number, score, shared }, entry, page) {
  const title = cleanLine(markedTitle(entry))
  return el('li', {},
    number ? button(title, () => page.open(entry.work_id), { class: 'cx-as-link' }) : title,
    ` (${score.toFixed(2)}: ${cleanLine(shared.join(', '))})`)
}

/** @param {EvidenceRow[]} rows */
function evidence(rows) {
  const node = el('details', {
    class: 'cx-evidence',
    ontoggle: () => {
      if (node.open && node.childElementCount === 1) node.append(evidenceTable(rows))
    }
  }, el('summary', {}, `Evidence: where ${many(rows.length, 'cell')} come from`))
  return node
}

/** @param {EvidenceRow[]} rows */
function evidenceTable(rows) {
  const same = by(rows, row => JSON.stringify([row.source_id, row.locator, row.grade]))
  return el('div', { class: 'cx-area', role: 'group', tabIndex: 0, 'aria-label': 'Evidence' },
    el('table', {},
      el('thead', {}, el('tr', {}, ...['cells', 'source', 'place', 'grade'].map(name =>
        el('th', { scope: 'col' }, name)))),
      el('tbody', {}, ...same.map(([, cells]) => {
        const [{ source_id, locator, grade }] = cells
        return el('tr', {}, ...[cellsOf(cells), source_id, locator, grade].map(value =>
          el('td', {}, ...orNotKnown(value ? [cleanLine(value)] : []))))
      }))))
}

/**
 * Returns cells as `works: title, finding; authorships: author_name (13)`.
 * @param {EvidenceRow[]} rows
 */
const cellsOf = rows => by(rows, row => row.table_name).map(([table, cells]) =>
  `${table}: ${by(cells, cell => cell.column_name).map(([column, { length }]) =>
    length > 1 ? `${column} (${length})` : column).join(', ')}`).join('; ')

/**
 * Returns the rows by what is said of each, in the order of the rows.
 * @param {EvidenceRow[]} rows
 * @param {(row: EvidenceRow) => string} key
 */
function by(rows, key) {
  /** @type {Map<string, EvidenceRow[]>} */
  const groups = new Map()
  for (const row of rows) {
    const group = groups.get(key(row))
    if (group) group.push(row)
    else groups.set(key(row), [row])
  }
  return [...groups]
}
