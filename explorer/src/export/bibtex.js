// BibTeX: an entry per work, for LaTeX with BibTeX or biber, as `citehub/export/bibtex.py`.

import { escapeTex } from '../text/tex.js'
import { codePoint } from '../text/text.js'
import { firstIds, urlOf } from '../text/work.js'
import { kind } from './kinds.js'
import { names, wholeFamily, wholeGiven } from './names.js'
import { note, notes, reason, server, tags, venue, whyItCites } from './record.js'

/** @import { HubFacts, WorkRecord } from '../types.js' */
/** @import { Format } from './index.js' */
/** @import { Name } from './names.js' */

const MONTHS =
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const INITIAL = /(?<![^ \-])[^\x00-\x7f]/gu
const WORD = /^[A-Za-z-]+$/
const PARTING = /[\\$,]|(?<![^ ])and(?![^ ])/i // names, or TeX
/** @type {Record<string, string>} */
const ACCENTS = {
  '\u0300': '`',
  '\u0301': "'",
  '\u0302': '^',
  '\u0303': '~',
  '\u0304': '=',
  '\u0307': '.',
  '\u0308': '"',
  '\u030c': 'v ',
  '\u0327': 'c '
}
const NOT_IN_KEYS = /[^A-Za-z0-9.:/+\-]/gu
const NOT_IN_ADDRESSES = /[\\{}"<>^`|~\p{White_Space}\x00-\x1f\x7f-\x9f]/gu
// LaTeX stops at these, or reads commands.
const NOT_IN_DOIS = /[\\{}%#\p{White_Space}\x00-\x1f\x7f-\x9f]|\^\^/u

/**
 * An entry per work, parted by empty lines.
 * @type {Format}
 */
export const format = {
  rounds: [(record, facts) => entry(record, fieldsOf(record, facts))],
  between: '\n'
}

/**
 * The fields of a work in TeX; what is not known is empty.
 * @param {WorkRecord} record
 * @param {HubFacts} facts
 * @returns {Record<string, string>}
 */
function fieldsOf(record, facts) {
  const { work } = record
  const ids = firstIds(record.ids)
  const isArxiv = ids.has('arxiv')
  const doi = ids.get('doi') ?? ''
  const at = isArxiv ? null : server(record)
  const why = reason(record, facts)
  const title = work.title.includes('$') ? work.title : work.title_plain // mathematics stay TeX
  return {
    author: names(record).map(author).join(' and '),
    title: title && `{${escapeTex(title)}}`,
    year: String(work.publication_year || ''),
    month: MONTHS[(work.publication_month ?? 0) - 1] ?? '',
    [kind(record).bibtex_venue]: escapeTex(venue(record) ?? ''),
    ...at ? { howpublished: escapeTex(at) } : {},
    eprint: escapeTex(ids.get('arxiv') ?? ''),
    eprinttype: isArxiv ? 'arxiv' : '',
    archiveprefix: isArxiv ? 'arXiv' : '',
    primaryclass: isArxiv ? escapeTex(work.primary_category ?? '') : '',
    doi: NOT_IN_DOIS.test(doi) ? '' : doi, // whose page stands in url
    pmid: escapeTex(ids.get('pmid') ?? ''),
    pmcid: escapeTex(ids.get('pmcid') ?? ''),
    url: address(urlOf(record) ?? ''),
    abstract: escapeTex(work.abstract ?? ''),
    keywords: escapeTex(tags(record, why).join(', ')),
    annote: escapeTex(
      [note(record), whyItCites(record), ...notes(record, 'note', 'annotation')].filter(Boolean).join('; ')
    ),
    'citehub-hub': escapeTex(why.hub),
    'citehub-version': escapeTex(why.data_version),
    'citehub-relation': why.relation,
    'citehub-role': escapeTex(why.role ?? ''),
    'citehub-polarity': escapeTex(why.polarity ?? ''),
    'citehub-subject': escapeTex(why.subject ?? ''),
    'citehub-judged-by': escapeTex(why.judged_by ?? ''),
    'citehub-sources': escapeTex(why.sources)
  }
}

/**
 * @param {WorkRecord} record
 * @param {Record<string, string>} fields
 */
function entry(record, fields) {
  const lines = Object.entries(fields).filter(([, value]) => value).map(([name, value]) =>
    `  ${name.padEnd(16)} = ${name === 'month' ? value : `{${value}}`},\n`)
  return `@${kind(record).bibtex}{${key(record.work.work_id)},\n${lines.join('')}}\n`
}

/**
 * A key for citing, of letters that TeX and BibTeX leave alone.
 * @param {string} workId
 */
function key(workId) {
  return workId.replace(NOT_IN_KEYS, letter => `_${codePoint(letter).toString(16)}_`)
}

/** @param {Name} name */
function author(name) {
  if (name.isLiteral || !name.given) { // BibTeX would split it
    const whole = [wholeFamily(name), name.suffix].filter(Boolean).join(' ')
    return !name.isLiteral && WORD.test(whole) ? whole : `{${escapeTex(whole)}}`
  }
  return [wholeFamily(name), name.suffix, wholeGiven(name)]
    .filter(Boolean)
    .map(escapeTex)
    .map(part => PARTING.test(part) ? `{${part}}` : part)
    .join(', ')
    .replace(INITIAL, accent)
}

/**
 * An accented initial in TeX: styles that abbreviate names take its first byte.
 * @param {string} letter
 */
function accent(letter) {
  const [base, ...marks] = letter.normalize('NFD')
  const sign = ACCENTS[marks.join('')]
  return base < '\x80' && sign ? `{\\${sign}${base}}` : letter
}

/**
 * An address, in which BibTeX and biber expect no TeX.
 * @param {string} text
 */
function address(text) {
  return text.replace(NOT_IN_ADDRESSES, sign => sign === '~' ? '%7E' : encodeURIComponent(sign))
}
