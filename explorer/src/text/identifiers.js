// Public identifiers of works, one spelling for each, as `citehub/_identifiers.py` reads them.

import { ARXIV_ARCHIVES, LINKS, NAMED_SCHEMES, PAGES, SCHEME_ALIASES } from '../shared.js'
import { cleanLine, strip } from './text.js'

/** @import { IdRow } from '../types.js' */

// The class of an old id, as in math.GT/0309136, is no part of it.
const ARXIV = new RegExp(
  String.raw`^(?:abs/)?(?:([0-9]{4}\.[0-9]{4,5})|(${ARXIV_ARCHIVES})(?:\.[a-z-]+)?(/[0-9]{7}))` +
  '(?:v[0-9]+)?$')
const RESOLVER =
  /^(?:https?:\/\/(?:dx\.|www\.)?doi\.org\/)?(?:doi:[\p{White_Space}\x1c-\x1f]*)?/u
const DOI = /^10\.[0-9]{4,9}(?:\.[0-9]+)*\/[^\p{White_Space}\x1c-\x1f]+$/u
const OPENALEX = /^W[0-9]+$/
const MAG = /^0*([1-9][0-9]*)$/
const PMID = /^0*([1-9][0-9]{0,8})$/
const PMCID = /^(?:PMC)?0*([1-9][0-9]{0,9})(?:\.[0-9]+)?$/
// How HTML and addresses write signs of DOIs.
const DOI_SPELLINGS = Object.entries({
  '&amp;': '&', '&lt;': '<', '&gt;': '>', '%2f': '/', '%3a': ':', '%3b': ';', '%3c': '<',
  '%3e': '>', '%28': '(', '%29': ')', '%5b': '[', '%5d': ']', '%23': '#'
})
const ARXIV_DOI = '10.48550/arxiv.'
const LINK_OF = new Map(Object.entries(LINKS))
const NAME_OF = new Map(Object.entries(SCHEME_ALIASES))
const READ_FROM = PAGES.map(([host, path, scheme]) =>
  ({ host: new RegExp(`^(?:${host})$`, 's'), path: new RegExp(`^(?:${path})$`, 'is'), scheme }))
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Returns the web page of an identifier; null where its scheme has none.
 * @param {IdRow} identifier
 */
export function pageOf({ scheme, value }) {
  return LINK_OF.get(scheme)
    ?.replace('{}', () => encodeURI(value).replace(/[?#]/g, encodeURIComponent)) ?? null
}

/**
 * Returns the identifier that a text is in any of its usual spellings; null where it is none.
 * @param {string} text
 * @returns {IdRow | null}
 */
export function parseIdentifier(text) {
  const given = strip(text)
  if (/^https?:\/\//i.test(given)) return parseUrl(given)
  const [host] = given.split('/', 1)
  const isBare = host !== given && READ_FROM.some(page => page.host.test(host.toLowerCase()))
  if (isBare) return parseUrl(`https://${given}`)
  const [start] = given.split(':', 1)
  const scheme = NAME_OF.get(start.toLowerCase()) ?? start.toLowerCase()
  if (start !== given && NAMED_SCHEMES.includes(scheme)) {
    return parseValue(scheme, strip(given.slice(start.length + 1)))
  }
  return parseValue('arxiv', given) ?? parseValue('doi', given) ?? parseValue('openalex', given) ??
    (/^pmc/i.test(given) ? parseValue('pmcid', given) : null)
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
  for (const page of READ_FROM) {
    const found = page.host.test(host) && path.match(page.path)
    if (found) return parseValue(page.scheme, found[1])
  }
  return null
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
  if (cleanLine(value) !== value) return null // no identifier has breaks or control characters
  const lower = value.toLowerCase()
  if (scheme === 'arxiv') {
    const match = lower.match(ARXIV)
    return match && { scheme, value: match[1] ?? match[2] + match[3] }
  }
  if (scheme === 'doi') return parseDoi(lower)
  if (scheme === 'openalex') {
    const name = value.toUpperCase()
    return OPENALEX.test(name) ? { scheme, value: name } : null
  }
  if (scheme === 'mag') {
    const match = value.match(MAG)
    return match && { scheme: 'openalex', value: `W${match[1]}` }
  }
  if (scheme === 'pmid') {
    const match = value.match(PMID)
    return match && { scheme, value: match[1] }
  }
  if (scheme === 'pmcid') {
    const match = value.toUpperCase().match(PMCID)
    return match && { scheme, value: `PMC${match[1]}` }
  }
  return value ? { scheme, value } : null
}

/**
 * @param {string} text
 * @returns {IdRow | null}
 */
function parseDoi(text) {
  let doi = text
  for (const [spelling, sign] of DOI_SPELLINGS) doi = doi.replaceAll(spelling, sign)
  doi = doi.replace(RESOLVER, '').replace(/[.,;]+$/, '')
  if (doi.startsWith(ARXIV_DOI)) return parseValue('arxiv', doi.slice(ARXIV_DOI.length))
  return DOI.test(doi) ? { scheme: 'doi', value: doi } : null
}
