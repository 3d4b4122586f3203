// A paper in words and links, as citehub/explorer/plain_list.py has it.

import { pageOf } from '../text/identifiers.js'
import { cleanLine } from '../text/text.js'
import { firstIds, pageOfWork, published } from '../text/work.js'
import { link, many } from './dom.js'

/** @import { Config, Entry, IdRow } from '../types.js' */

/** @type {Record<string, string>} */
const SCHEMES = {
  arxiv: 'arXiv', doi: 'DOI', openalex: 'OpenAlex', s2: 'Semantic Scholar', omid: 'OMID',
  pith: 'Pith', acl: 'ACL Anthology'
}

/**
 * Returns whether it is retracted, date, citations, themes, venue and category as one line.
 * @param {Entry} entry
 */
export const about = entry => cleanLine([
  ...entry.is_retracted ? ['retracted'] : [],
  published(entry) ?? 'date not known',
  ...entry.citation_count === null ? [] : [citedLine(entry)],
  entry.themes.join('; ') || 'theme not known',
  entry.venue || 'venue not known',
  entry.primary_category || 'category not known'
].join(' · '))

/**
 * Returns how often a paper is cited, and when that was counted.
 * @param {{ citation_count: number | null, citation_count_on: Date | null }} work
 */
export const citedLine = ({ citation_count, citation_count_on: day }) =>
  `cited by ${many(Number(citation_count), 'work')}` +
  (day ? ` (${day.toISOString().slice(0, 10)})` : '')

/**
 * Returns role, polarity and subject as one line, and why no passage is known.
 * @param {Entry} entry
 * @param {Config} config
 */
export function judgedLine({ role, polarity, subject, why, unread }, { text_statuses: means }) {
  const outcome = unread?.split(', ').map(status => {
    const [first] = (means[status] ?? status).split(/;|\.$/) // thought
    return first.charAt(0).toLowerCase() + first.slice(1)
  }).join(', ')
  const told = outcome ? ` (${outcome})` : ''
  return role || polarity || subject || why.length ? [
    `role: ${role ?? 'not labelled'}`,
    `polarity: ${polarity ?? 'not labelled'}`,
    ...subject ? [`subject: ${subject}`] : [],
    ...told ? [`no passage known${told}`] : []
  ].join(' · ') : `Why: not known${told}`
}

/**
 * Returns who prints a finding.
 * @param {string | null} source
 */
export const printedBy = source =>
  source ? cleanLine(`as printed by ${source}`) : 'of unknown source'

/**
 * Returns the identifiers of a paper, one of each scheme.
 * @param {Entry} entry
 */
export const idLinks = ({ ids }) =>
  [...firstIds(ids)].map(([scheme, value]) => idLink({ scheme, value }))

/**
 * Returns the links of a paper: identifiers, code, model.
 * @param {HTMLElement[]} identifiers
 * @param {Entry} entry
 * @returns {(Node | string)[]}
 */
export function links(identifiers, { code_url, model_url }) {
  const found = [...identifiers]
  if (code_url) found.push(link(code_url, 'code'))
  if (model_url) found.push(link(model_url, 'model weights'))
  return found.length ? parted(found, ' · ') : ['identifiers not known']
}

/**
 * Returns an identifier, as a link where its scheme has pages.
 * @param {IdRow} identifier
 */
export const idLink = ({ scheme, value }) =>
  link(pageOf({ scheme, value }), cleanLine(`${SCHEMES[scheme] ?? scheme} ${value}`))

/**
 * Returns nodes with a text between them.
 * @param {Node[]} nodes
 * @param {string} between
 * @returns {(Node | string)[]}
 */
export const parted = (nodes, between) =>
  nodes.flatMap((node, place) => place ? [between, node] : [node])

/**
 * Returns where a title leads: the page of the paper on this site, else of its first identifier.
 * @param {Entry} entry
 * @param {Config} config
 */
export const titlePage = ({ number, work_id, ids }, config) =>
  ownPage(number, work_id, config) ?? pageOfWork(ids)

/**
 * Returns the address of the page of a paper on this site; null where it has none.
 * @param {number} number
 * @param {string} workId
 * @param {Config} config
 */
export function ownPage(number, workId, { page }) {
  if (!page || !number) return null
  const name = workId.replace(/^arxiv:/, '').replace(/[^\p{L}\p{N}_.-]/gu, '-')
  return page.replace('{}', () => encodeURIComponent(name))
}
