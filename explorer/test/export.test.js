import assert from 'node:assert/strict'
import { test } from 'node:test'

import { exported } from '../src/export/index.js'
import { initials, splitName, wholeFamily } from '../src/export/names.js'
import { LATER } from '../src/shared.js'

/** @import { WorkRow } from '../src/rows.js' */
/** @import { WorkRecord } from '../src/types.js' */

const NO_PARTS = { family_name: null, given_name: null, name_suffix: null }
const facts = { hub: 'made', version: '1.0.0', canonical: 'arxiv:1' }

/** @type {WorkRecord} */
const canonical = {
  number: 0,
  work: /** @type {WorkRow} */ ({
    work_id: 'arxiv:1', title: 'Cited', title_plain: 'Cited', type: null, publication_year: null,
    publication_month: null, venue: null, primary_category: null, abstract: null, finding: null,
    finding_source: null, author_count: null, code_url: null, model_url: null, is_retracted: null,
    ...Object.fromEntries(Object.keys(LATER.works ?? {}).map(name => [name, null]))
  }),
  authors: [], ids: [], themes: [], citations: [], labels: [], contexts: [], readings: [], local: [],
  representatives: [], notes: [], evidence: []
}

/** @type {WorkRecord} */
const citing = {
  ...canonical,
  number: 1,
  work: {
    ...canonical.work, work_id: 'arxiv:2304.01370', title: 'M$^2$ & more',
    title_plain: 'M² & more', publication_year: 2023, publication_month: 4, venue: 'ICML',
    primary_category: 'cs.CL', finding: 'It <works>; 100%', is_retracted: false
  },
  authors: [
    { author_name: 'Étienne van der Wal', is_collective: null, ...NO_PARTS },
    { author_name: 'Big Team', is_collective: true, ...NO_PARTS }
  ],
  ids: [{ scheme: 'arxiv', value: '2304.01370' }],
  themes: ['a; b'],
  citations: [{
    citing_work_id: 'arxiv:2304.01370', cited_work_id: 'arxiv:1', hub_position: 1,
    timespan_months: 15, shared_authors: 0, is_influential: null
  }]
}

/** @param {import('../src/types.js').ExportFormat} format @param {WorkRecord[]} records */
async function text(format, records) {
  const known = [canonical, ...records]
  const source = {
    read: async (/** @type {number[]} */ numbers) =>
      numbers.map(number => /** @type {WorkRecord} */ (known.find(each => each.number === number))),
    idOf: (/** @type {number} */ number) => number ? 'arxiv:2304.01370' : 'arxiv:1'
  }
  return (await exported(format, records.map(({ number }) => number), source, facts)).text()
}

test('BibTeX', async () => {
  assert.equal(await text('bibtex', [citing]), String.raw`@misc{arxiv:2304.01370,
  author           = {van der Wal, {\'E}tienne and {Big Team}},
  title            = {{M$^2$ \& more}},
  year             = {2023},
  month            = apr,
  note             = {Venue as stated: ICML},
  eprint           = {2304.01370},
  eprinttype       = {arxiv},
  archiveprefix    = {arXiv},
  primaryclass     = {cs.CL},
  url              = {https://arxiv.org/abs/2304.01370},
  keywords         = {theme: a  b},
  annote           = {It $<$works$>$; 100\% (finding as printed by not known)},
  citehub-hub      = {made},
  citehub-version  = {1.0.0},
  citehub-relation = {citing work},
  citehub-role     = {not known},
  citehub-polarity = {not known},
  citehub-sources  = {not known},
}
`)
})

test('RIS', async () => {
  assert.deepEqual((await text('ris', [citing])).split('\r\n'), [
    'TY  - MANSCPT', 'ID  - arxiv:2304.01370', 'AU  - van der Wal, Étienne', 'AU  - Big Team',
    'TI  - M² & more', 'PY  - 2023', 'DA  - 2023/04//', 'N1  - Venue as stated: ICML',
    'M3  - Preprint', 'PB  - arXiv', 'DB  - arXiv', 'AN  - arXiv:2304.01370',
    'UR  - https://arxiv.org/abs/2304.01370', 'KW  - theme: a  b',
    'N1  - It <works>; 100% (finding as printed by not known)',
    'N1  - citehub made 1.0.0: citing work, role not known, polarity not known. ' +
    'Sources: not known',
    'ER  - ', '', ''
  ])
})

test('CSL-JSON leaves out what is not known', async () => {
  assert.deepEqual(JSON.parse(await text('csl-json', [canonical])), [{
    id: 'arxiv:1', type: 'document', title: 'Cited', keyword: 'canonical work',
    custom: {
      hub: 'made', data_version: '1.0.0', relation: 'canonical work', role: null, polarity: null,
      subject: null, judged_by: null, sources: 'not known'
    }
  }])
})

test('CSV', async () => {
  const [head, first, second, end] = (await text('csv', [citing, canonical])).split('\n')
  assert.equal(head.split(',').length, 36)
  assert.equal(first,
    'arxiv:2304.01370,M$^2$ & more,M² & more,"Étienne van der Wal; Big Team",2023,4,,ICML,cs.CL,' +
    'arXiv:2304.01370,,https://arxiv.org/abs/2304.01370,,,"It <works>; 100%",,a%3B b,,' +
    'false,citing work,1,15,0,not known,not known,,,,,,,,,made,1.0.0,')
  assert.equal(second, 'arxiv:1,Cited,Cited,,,,,,,,,,,,,,,,,canonical work,,,,,,,,,,,,,,made,1.0.0,')
  assert.equal(end, '')
})

test('GraphML holds the canonical work once, whether it was asked for or not', async () => {
  const alone = await text('graphml', [citing])
  assert.equal(alone, await text('graphml', [canonical, citing]))
  assert.deepEqual(alone.match(/<node id="[^"]*"/g),
    ['<node id="arxiv:1"', '<node id="arxiv:2304.01370"'])
  assert.match(alone, /<edge source="arxiv:2304.01370" target="arxiv:1"><data key="edge_role">/)
  assert.match(alone, /<data key="node_label">M² &amp; more<\/data>/)
  assert.match(alone, /<data key="edge_shared_authors">0<\/data>/)
})

test('references are a line each', async () => {
  assert.equal(await text('apa', [citing, canonical]),
    'van der Wal, É., & Big Team. (2023). M² & more (arXiv:2304.01370). arXiv. ' +
    'https://arxiv.org/abs/2304.01370\nCited. (n.d.).\n')
})

test('names are split as BibTeX does', async () => {
  /** @param {string} printed */
  const partsOf = printed => {
    const name = splitName({ author_name: printed, is_collective: null, ...NO_PARTS })
    return [name.given, wholeFamily(name), name.suffix]
  }
  assert.deepEqual(partsOf('Oskar van der Wal'), ['Oskar', 'van der Wal', ''])
  assert.deepEqual(partsOf('Sammy Davis Jr.'), ['Sammy', 'Davis', 'Jr.'])
  assert.deepEqual(partsOf('van Gogh'), ['van', 'Gogh', ''])
  assert.deepEqual(partsOf('Doe, Jane'), ['', 'Doe, Jane', ''])
  assert.deepEqual(partsOf('Simon and Schuster'), ['', 'Simon and Schuster', ''])
  const name = splitName({ ...NO_PARTS, author_name: 'Jean-Luc 𝐁ob Cai', is_collective: null })
  assert.equal(initials(name), 'J.-L. 𝐁.')
})

test('parts of names that are stated are kept', async () => {
  /** @param {string} family @param {string | null} given */
  const partsOf = (family, given) => {
    const { isLiteral, suffix, ...parts } = splitName({
      author_name: 'Any Name', is_collective: null, family_name: family, given_name: given,
      name_suffix: null
    })
    return [parts.given, parts.dropped, parts.particle, parts.family]
  }
  assert.deepEqual(partsOf('van der Wal', 'Oskar'), ['Oskar', '', 'van der', 'Wal'])
  assert.deepEqual(partsOf('La Oil', 'Jean de'), ['Jean', 'de', '', 'La Oil'])
  assert.deepEqual(partsOf('de la', 'ann de'), ['ann', 'de', '', 'de la'])
  assert.deepEqual(partsOf('Ministry of Light', null), ['', '', '', 'Ministry of Light'])
  const name = splitName({
    author_name: '王小明', is_collective: null, family_name: '王', given_name: '小明', name_suffix: null
  })
  assert.equal(initials(name), '小明')
})
