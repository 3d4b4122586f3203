import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'

import { activeConditions, conditionsOf, noConditions } from '../src/page/conditions.js'
import { many } from '../src/page/dom.js'
import { authorsLine, choosePassage } from '../src/page/entry.js'
import { inListOrder } from '../src/page/export.js'
import { markText } from '../src/page/mark.js'
import { about, ownPage, titlePage } from '../src/page/paper.js'
import { foundText, statusText } from '../src/page/toolbar.js'
import { dropUnknown, emptyState, readAddress } from '../src/state/address.js'
import { commandOf, pythonOf } from '../src/state/code.js'
import { tellPassages } from '../src/text/passages.js'

/** @import { Config, Entry, State, Term } from '../src/types.js' */

/** @param {...string} words @returns {Term[]} */
const terms = (...words) => words.map(word => ({ word, typo: false, instead: [], isWord: true }))

/** @param {string} text @param {Term[]} of */
const marked = (text, of) =>
  markText(text, of).map(({ text, hit }) => hit ? `[${text}]` : text).join('')

test('a text without a search is one piece', () => {
  assert.deepEqual(markText('A title', []), [{ text: 'A title', hit: false }])
})

test('words are marked whole, at their beginning and inside, whatever their case', () => {
  assert.equal(marked('DeepSeekMoE: moe, Moelle', terms('moe')), 'DeepSeek[MoE]: [moe], [Moe]lle')
})

test('a word of two letters is marked where words begin only', () => {
  assert.equal(marked('of often, proof', terms('of')), '[of] [of]ten, proof')
})

test('marks stay with their letter, and the text stays as it is', () => {
  assert.equal(marked('Étienne, E\u0301tienne', terms('etienne')), '[Étienne], [E\u0301tienne]')
  assert.equal(marked('the ﬁnal M²RNN', terms('final', 'm2')), 'the [ﬁnal] [M²]RNN')
  assert.equal(marked('ΟΔΟΣ 𝐀𝐈', terms('οδοσ', 'ai')), '[ΟΔΟΣ] [𝐀𝐈]')
})

test('a letter that stands for two is marked whole where one of them is found', () => {
  assert.equal(marked('ﬁnal', terms('fin')), '[ﬁn]al')
  assert.equal(marked('oﬁxed', terms('ixe')), 'o[ﬁxe]d')
  assert.equal(marked('½', terms('1')), '[½]')
})

test('what overlaps is marked once', () => {
  assert.equal(marked('modelling', terms('model', 'delling', 'ing')), '[modelling]')
})

test('a word that is one letter off is marked whole, and no other', () => {
  const typo = [{ word: 'modle', typo: true, instead: ['model'], isWord: false }]
  assert.equal(marked('A model of models, modle', typo), 'A [model] of models, [modle]')
})

test('the pieces of a text are the text', () => {
  const text = 'Ünïcödé <b>“mödels”</b> & 𝐦𝐨𝐝𝐞𝐥s\u0301'
  assert.equal(markText(text, terms('model', 'b', 'un')).map(piece => piece.text).join(''), text)
})

/** @type {any} */
const COUNTS = {
  theme: [{ value: 'models', label: 'Model families', count: 3 }],
  venue: [], category: [], role: [], polarity: [], representatives: []
}

test('authors that a line leaves out are told where they are searched for', () => {
  const authors = [...'ABCDEFGH', 'Ann Other', 'Bob Moe', 'Ann Moe']
  const line = 'A, B, C, D, E, F, G, H and 3 more'
  assert.equal(authorsLine(authors, []), line)
  assert.equal(authorsLine(authors, terms('zz', 'a')), `${line} (… Ann Other … Ann Moe …)`)
  assert.equal(authorsLine(['Ann'], terms('ann')), 'Ann')
  assert.equal(authorsLine([], terms('ann')), 'authors not known')
})

test('conditions that are set have names, and patches that take them away', () => {
  const state = {
    ...emptyState(), search: 'moe', theme: ['models', 'gone'], code: false,
    year: /** @type {[number, number]} */ ([2022, 2024]), authors_of: 'arxiv:1'
  }
  const chips = activeConditions(state, COUNTS, id => `title of ${id}`)
  assert.deepEqual(chips, [
    { text: 'Search: moe', patch: { search: '' } },
    { text: 'Theme: Model families', patch: { theme: ['gone'] } },
    { text: 'Theme: gone', patch: { theme: ['models'] } },
    { text: 'Year: 2022 to 2024', patch: { year: null } },
    { text: 'Code: not known', patch: { code: null } },
    { text: 'Shares author names with: title of arxiv:1', patch: { authors_of: '' } }
  ])
})

test('code says a list for any of some values, and a tuple for a first and a last year', () => {
  const config = /** @type {any} */ ({ hub: 'h', version: '1.0.0', release: null })
  const given = (/** @type {Partial<State>} */ patch) => {
    const state = { ...emptyState(), ...patch }
    return [/select\(\n +(.*),\n\)/.exec(pythonOf(state, config, 'csv', 'h.csv'))?.[1],
      commandOf(state, config, 'csv').split(' -f csv ')[1]]
  }
  assert.deepEqual(given({ year: [2022, 2026] }), ['year=(2022, 2026)', '--year=2022-2026'])
  assert.deepEqual(given({ year: [2022, 2022] }), ['year=2022', '--year=2022'])
  assert.deepEqual(given({ theme: ['a', 'b'] }), ['theme=["a", "b"]', '--theme=a --theme=b'])
  assert.deepEqual(given({ theme: ['a'] }), ['theme="a"', '--theme=a'])
})

test('code writes the chosen format; single references come from Python alone', () => {
  const config = /** @type {any} */ ({ hub: 'h', version: '1.0.0', release: null })
  assert.match(pythonOf(emptyState(), config, 'ris', 'h-1.0.0.ris'), /\nworks\.export\("ris"\)\.save\("h-1\.0\.0\.ris"\)\n$/)
  assert.equal(commandOf(emptyState(), config, 'ris'), 'citehub export h --version 1.0.0 -f ris')
  assert.match(pythonOf(emptyState(), config, 'apa', ''), /hub\.cite\("apa", of=work\)/)
  assert.equal(commandOf(emptyState(), config, 'apa'), '')
})

test('code holds any text as it is, and nothing that a terminal or an editor would not show', () => {
  const search = 'a\'b"c\\d$(id)`id`\n!x\x1b[201~\x03\r\x7f\x9b\u202ex\u2066\u200b\ufeff é𝐌 ${x}%'
  const config = /** @type {any} */ ({ hub: '"; x\n$(id)', version: "1'\\", release: null })
  const state = { ...emptyState(), search, theme: ['-a', '~', ''] }
  const code = pythonOf(state, config, 'csv', 'a".csv')
  const command = commandOf(state, config, 'csv')
  assert.doesNotMatch(code + command, /[^\P{C}\n]/u)
  assert.equal(code.split('\n').length, 9)
  const texts = [...code.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(([text]) =>
    JSON.parse(text.replace(/\\U0000/g, '\\u')))
  assert.deepEqual(texts, [config.hub, config.version, '-a', '~', '', search, 'csv', 'a".csv'])
  const words = execFileSync('bash', ['-c', `citehub() { printf '%s\\0' "$@"; }\n${command}`],
    { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } }).split('\0').slice(0, -1)
  assert.deepEqual(words, ['export', config.hub, '--version', config.version, '-f', 'csv',
    '--theme=-a', '--theme=~', '--theme=', `--search=${search}`])
})

test('code leaves unsaid the order that comes of itself, and says every other', () => {
  const config = /** @type {any} */ ({ hub: 'h', version: '1.0.0', release: null })
  const sort = (/** @type {Partial<State>} */ patch) =>
    /--sort=(.*)/.exec(commandOf({ ...emptyState(), ...patch }, config, 'csv'))?.[1]
  assert.deepEqual([{}, { search: 'a' }, { related_to: 'a' }, { related_to: 'a', representatives: ['r'] }].map(sort),
    [undefined, undefined, undefined, undefined])
  assert.equal(sort({ representatives: ['r'] }), 'hub')
  assert.equal(sort({ related_to: 'a', sort: 'hub' }), 'hub')
  assert.equal(sort({ sort: 'most-cited' }), 'most-cited')
})

test('what this hub does not know is left out of an address, with a sentence', async () => {
  const state = readAddress('#?search=+&sort=most-cited&picture=citations&colour=year').state
  assert.equal(state.search, '')
  const given = async (/** @type {any} */ config) =>
    dropUnknown(state, /** @type {any} */ ({}), /** @type {any} */ ({}), config)
  const bare = await given({ counts_note: null, tables: {} })
  assert.deepEqual([bare.state.sort, bare.state.picture, bare.state.colour], ['', 'time', 'year'])
  assert.equal(bare.problems.length, 2)
  const full = await given({ counts_note: 'a note', tables: { local_citations: { rows: 1 } } })
  assert.deepEqual(full, { state: { ...state, picked: [] }, problems: [] })
})

test('an address has one first and one last year; more are left out with a sentence', () => {
  const { state, problems } = readAddress('#?year=2022-2023&year=2026')
  assert.deepEqual(state.year, [2022, 2023])
  assert.deepEqual(problems, ['“year=2026” in the address has no meaning here; it was left out.'])
})

test('taking all conditions away leaves the order and the ticked papers', () => {
  const state = {
    ...emptyState(), search: 'moe', venue: ['x'], related_to: 'a', labelled: true, picked: ['a'],
    sort: /** @type {const} */ ('title')
  }
  const cleared = { ...state, ...noConditions() }
  assert.deepEqual(activeConditions(cleared, COUNTS, String), [])
  assert.deepEqual(cleared, { ...emptyState(), picked: ['a'], sort: 'title' })
})

test('opening, ticking, comparing and the picture are no conditions', () => {
  const state = {
    ...emptyState(), open: 'a', picked: ['a'], compare: true, picture: /** @type {const} */ ('map')
  }
  assert.deepEqual(conditionsOf(state), conditionsOf(emptyState()))
})

test('an export follows the list; what the list does not show comes last', () => {
  assert.deepEqual(inListOrder([4, 9, 2, 7], Int32Array.of(7, 1, 4)), [7, 4, 2, 9])
})

test('numbers are said with their noun', () => {
  assert.equal(many(1, 'paper'), '1 paper')
  assert.equal(many(12000, 'paper'), '12,000 papers')
  assert.equal(foundText(0, 1200), '0 of 1,200 papers')
})

test('what is said at rest has the ticked papers where there are any', () => {
  const page = /** @type {any} */ ({
    state: { picked: [] }, view: { numbers: [1, 2], terms: terms('a') }, config: { n: 44 }
  })
  assert.equal(statusText(page), '2 of 44 papers')
  assert.equal(statusText({ ...page, state: { picked: ['a'] } }), '2 of 44 papers, 1 ticked')
  const loose = [...terms('a', 'b'), { word: 'modle', typo: true, instead: ['model'], isWord: false }]
  loose[1].isWord = false
  const said = (/** @type {number[]} */ ...numbers) => statusText({ ...page, view: { numbers, terms: loose } })
  assert.equal(said(1), '1 of 44 papers. No entry has the word “b”; shown: longer words with it. ' +
    'No entry has “modle”; shown: “model”, one letter different.')
  assert.equal(said(), '0 of 44 papers')
})

test('the passage that is shown meets most conditions, and has most words of the search', () => {
  const rows = [['a', 'Lamps'], ['b', 'A wick'], ['c', 'Oil']].map(([context_id, gist], place) =>
    /** @type {any} */ ({ context_id, gist, section_kind: place ? 'results' : null }))
  const labels = [['a', 'background'], ['b', 'method'], ['c', 'method']].map(([context_id, value]) =>
    /** @type {any} */ ({ context_id, scheme: 'intent', value }))
  const said = tellPassages(rows, labels)
  const none = { role: [], polarity: [], subject: [], section: [] }
  const chosen = (/** @type {object} */ wanted, /** @type {string[]} */ ...words) =>
    choosePassage(said, { ...none, ...wanted }, terms(...words)).words
  assert.equal(chosen({}), 'Lamps')
  assert.equal(chosen({ role: ['method'] }), 'A wick')
  assert.equal(chosen({ role: ['method'] }, 'lamps'), 'A wick')
  assert.equal(chosen({ role: ['background'], section: ['results'] }), 'Lamps')
  assert.equal(chosen({ role: ['background', 'method'], section: ['results'] }, 'oil'), 'Oil')
  assert.equal(chosen({ role: ['not known'] }, 'oil'), 'Oil')
  assert.equal(said[1].where, 'section not known, passage 2 of 3')
})

/** @type {Entry} */
const BARE = {
  number: 3, work_id: 'doi:10.1/a(b)', title_plain: 'T', authors: [],
  publication_year: null, publication_month: null, venue: null, primary_category: null,
  finding: null, finding_source: null, themes: [], role: null, polarity: null,
  subject: null, why: [], unread: null, representatives: [], ids: [], code_url: null, model_url: null, is_retracted: null,
  citation_count: null, citation_count_on: null
}

test('what is not known is said to be not known', () => {
  assert.equal(about(BARE),
    'date not known · theme not known · venue not known · category not known')
})

test('a title leads to the page of the paper, else to its first identifier, else nowhere', () => {
  const config = /** @type {Config} */ ({ page: 'papers/{}.html' })
  const none = { ...config, page: null }
  assert.equal(titlePage(BARE, config), 'papers/doi-10.1-a-b-.html')
  assert.equal(titlePage({ ...BARE, ids: [{ scheme: 'arxiv', value: '2304.01373' }] }, none),
    'https://arxiv.org/abs/2304.01373')
  assert.equal(titlePage(BARE, none), null)
  assert.equal(ownPage(3, 'arxiv:$&.1', config), 'papers/--.1.html')
  assert.equal(ownPage(0, 'arxiv:2201.11990', config), null)
})
