import assert from 'node:assert/strict'
import { test } from 'node:test'

import { pageOf, parseIdentifier } from '../src/text/identifiers.js'
import { tellPassages } from '../src/text/passages.js'
import { escapeTex } from '../src/text/tex.js'
import { byCodePoint, cleanLine, csvLine, split, strip, toJson } from '../src/text/text.js'
import { Lines, words } from '../src/text/words.js'
import { joinLabels, markedTitle, published, shortenAuthors } from '../src/text/work.js'

test('words have no case, marks or punctuation', () => {
  assert.deepEqual(words("Étienne's M²RNN: state-tracking"),
    ['etienne', 's', 'm2rnn', 'state', 'tracking'])
  assert.deepEqual(words('ΛΌΓΟΣ'), words('λόγος'))
  assert.deepEqual(words('Straße 文字 𝐌𝐚𝐭𝐡'), ['strasse', '文字', 'math'])
  assert.deepEqual(words(' \n_!'), [])
})

test('what a passage says turns nothing round that stands behind it', () => {
  const row = /** @type {any} */ ({ gist: '\u2067It\u202e glows', section: 'Lamps', place: 'text' })
  const [{ words, where }] = tellPassages([row], [])
  assert.deepEqual([words, where], ['It glows', 'Lamps'])
})

/** @param {string} text @returns {[Uint8Array, number, number]} */
function whole(text) {
  const bytes = new TextEncoder().encode(text)
  return [bytes, 0, bytes.length]
}

test('folded lines stay lines', () => {
  const lines = new Lines()
  for (const texts of [['A  b,', '\n', 'É'], [], [' ?'], ['«文» d']]) {
    for (const text of texts) lines.add(...whole(text))
    lines.end()
  }
  assert.equal(lines.take(), ' a b e \n \n \n 文 d \n')
  assert.equal(lines.take(), '')
})

test('every spelling of an identifier is one', () => {
  const arxiv = { scheme: 'arxiv', value: '2304.01373' }
  const spellings = ['2304.01373v2', ' arXiv: 2304.01373', '10.48550/arXiv.2304.01373',
    'https://arxiv.org/pdf/2304.01373v2.pdf', 'arxiv.org/abs/2304.01373?context=cs.LG#x']
  for (const text of spellings) assert.deepEqual(parseIdentifier(text), arxiv)
  assert.deepEqual(parseIdentifier('https://doi.org/10.1002/(SICI)1%3C1'),
    { scheme: 'doi', value: '10.1002/(sici)1<1' })
  const others = ['', 'Pythia', 'doi:x', 'http://[', 'https://arxiv.org.example/abs/2304.01373']
  for (const text of others) assert.equal(parseIdentifier(text), null)
})

test('the page of an identifier is an address whatever its value', () => {
  assert.equal(pageOf({ scheme: 'doi', value: '10.1/a?b#c <é>' }),
    'https://doi.org/10.1/a%3Fb%23c%20%3C%C3%A9%3E')
  assert.equal(pageOf({ scheme: 'pith', value: 'x' }), null)
})

test('a line has no breaks and no controls', () => {
  assert.equal(cleanLine('two\r\nlines\x07'), 'two lines\ufffd')
  assert.equal(strip('\x1c a\ufeff \u3000'), 'a\ufeff')
  assert.deepEqual(split(' a\x1fb\ufeff\n'), ['a', 'b\ufeff'])
})

test('CSV quotes, and runs no formula', () => {
  assert.equal(csvLine(['a,"b"', '=1', "'=1", null, true, -1]), '"a,""b""",\'=1,\'\'=1,,true,-1\n')
})

test('JSON is spaced, and shows what cannot be seen', () => {
  assert.equal(toJson({ a: [1, null], b: 'é\u200b' }), '{"a": [1, null], "b": "é\\u200b"}')
})

test('letters beyond U+FFFF come last', () => {
  assert.deepEqual(['𝐌', '\uffff', 'ab', 'a'].sort(byCodePoint), ['a', 'ab', '\uffff', '𝐌'])
})

test('TeX prints a title as it stands, and keeps plain mathematics', () => {
  assert.equal(escapeTex('M$^2$RNN: 100% of $5 {\\input'),
    'M$^2$RNN: 100\\% of \\$5 \\textbraceleft{}\\textbackslash{}input')
  assert.equal(escapeTex('a--b'), 'a-{}-b')
})

test('a work is put in words', () => {
  assert.equal(published({ publication_year: 2023, publication_month: 4 }), '2023-04')
  assert.equal(published({ publication_year: 2023, publication_month: null }), '2023')
  assert.equal(published({ publication_year: null, publication_month: null }), null)
  assert.equal(markedTitle({ title_plain: 'T', is_retracted: true }), '[retracted] T')
  assert.equal(markedTitle({ title_plain: 'T', is_retracted: false }), 'T')
  assert.equal(markedTitle({ title_plain: 'T', is_retracted: null }), 'T')
  assert.equal(shortenAuthors([...'ABCDEFGHIJ']), 'A, B, C, D, E, F, G, H and 2 more')
  assert.equal(shortenAuthors(['A', 'B']), 'A, B')
  assert.equal(shortenAuthors([]), 'authors not known')
})

test('labels are said once each, as printed where they are of no known value', () => {
  const labels = [['method', 'uses'], [null, 'praises'], ['method', 'method']]
    .map(([value, raw]) => ({
      citing_work_id: 'a', cited_work_id: 'b', scheme: 'intent', value, raw_value: String(raw),
      labeler: 'x', source_id: 'x', subject: null, context_id: null, labeler_kind: null
    }))
  assert.equal(joinLabels(labels, 'intent'), 'method, praises')
  assert.equal(joinLabels(labels, 'polarity'), null)
})
