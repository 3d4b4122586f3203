// Public identifiers of works, one spelling for each, as `citehub/_identifiers.py` reads them.

import { strip } from './text.js'

/** @import { IdRow } from '../types.js' */

const SCHEMES = ['arxiv', 'doi', 'openalex', 's2', 'omid', 'pith', 'acl']
/** @type {Map<string, string>} */
const PAGES = new Map([
  ['arxiv', 'https://arxiv.org/abs/'],
  ['doi', 'https://doi.org/'],
  ['openalex', 'https://openalex.org/'],
  ['s2', 'https://api.semanticscholar.org/CorpusID:'],
  ['omid', 'https://opencitations.net/meta/'],
  ['acl', 'https://aclanthology.org/']
])
// Digits, whitespace and the case of i, k and s as Python's patterns have them.
const ARXIV = /^(\p{Nd}{4}\.\p{Nd}{4,5}|[a-zİı-]+(?:\.[a-zİı]{2})?\/\p{Nd}{7})(?:v\p{Nd}+)?$/iu
const DOI = /^10\.\p{Nd}{4,9}\/[^\p{White_Space}\x1c-\x1f]+$/u
const OPENALEX = /^w\p{Nd}+$/iu
const ARXIV_DOI = '10.48550/arxiv.'
const ARXIV_PAGE = /^\/(?:abs|pdf|html|format|src|ps|e-print)\/(.+?)(?:\.pdf)?\/?$/
const BARE_HOST = /^(?:(?:www\.)?arxiv|(?:dx\.)?doi|openalex)\.org\//i
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Returns the web page of an identifier; null where its scheme has none.
 * @param {IdRow} identifier
 */
export function pageOf({ scheme, value }) {
  const page = PAGES.get(scheme)
  return page ? page + encodeURI(value).replace(/[?#]/g, encodeURIComponent) : null
}

/**
 * Returns the identifier that a text is in any of its usual spellings; null where it is none.
 * @param {string} text
 * @returns {IdRow | null}
 */
export function parseIdentifier(text) {
  const given = strip(text)
  if (/^https?:\/\//i.test(given)) return parseUrl(given)
  if (BARE_HOST.test(given)) return parseUrl(`https://${given}`)
  const [start] = given.split(':', 1)
  const scheme = start.toLowerCase()
  if (start !== given && SCHEMES.includes(scheme)) {
    return parseValue(scheme, strip(given.slice(start.length + 1)))
  }
  return parseValue('arxiv', given) ?? parseValue('doi', given) ?? parseValue('openalex', given)
}

/**
 * @param {string} url
 * @returns {IdRow | null}
 */
function parseUrl(url) {
  const [, authority, place] = url.replace(/[\t\r\n]/g, '').split(/^https?:\/\/([^/?#]*)/i)
  if (!isAuthority(authority)) return null
  const [host] = authority.slice(authority.lastIndexOf('@') + 1).toLowerCase().split(':')
  const path = unquote(place.replace(/[?#].*/s, ''))
  if (host === 'arxiv.org' || host.endsWith('.arxiv.org')) {
    const page = path.match(ARXIV_PAGE)
    return page && parseValue('arxiv', page[1])
  }
  if (['doi.org', 'dx.doi.org', 'www.doi.org'].includes(host)) {
    return parseValue('doi', path.replace(/^\/+/, ''))
  }
  return host === 'openalex.org' ? parseValue('openalex', path.replace(/.*\//s, '')) : null
}

/**
 * Tells whether a host can be read: no brackets, and no sign that stands for a part of an URL.
 * @param {string} authority
 */
function isAuthority(authority) {
  const letters = authority.replace(/[@:]/g, '')
  return !/[[\]]/.test(letters) && !/[/?#@:]/.test(letters.normalize('NFKC'))
}

/**
 * Returns text with its percent signs resolved; what is no UTF-8 becomes U+FFFD.
 * @param {string} text
 */
function unquote(text) {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, run =>
    UTF8.decode(Uint8Array.from(run.slice(1).split('%'), byte => parseInt(byte, 16))))
}

/**
 * @param {string} scheme
 * @param {string} value
 * @returns {IdRow | null}
 */
function parseValue(scheme, value) {
  if (scheme === 'arxiv') {
    const match = value.match(ARXIV)
    return match && { scheme, value: match[1] }
  }
  if (scheme === 'doi') {
    const lower = value.toLowerCase()
    if (lower.startsWith(ARXIV_DOI)) return parseValue('arxiv', lower.slice(ARXIV_DOI.length))
    return DOI.test(lower) ? { scheme, value: lower } : null
  }
  if (scheme === 'openalex') {
    return OPENALEX.test(value) ? { scheme, value: value.toUpperCase() } : null
  }
  return value ? { scheme, value } : null
}
