// Texts as bytes, rows and the works they are of, and rows on their way to another thread.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { receiveRows, sendRows } from '../src/engine/rows.js'
import { foldTexts } from '../src/engine/search.js'
import { Texts } from '../src/engine/texts.js'
import { findNumbers, makeWorkIds } from '../src/engine/works.js'

/**
 * Texts as a page of Parquet has them; the same text stands there once.
 * @param {(string | null)[]} texts
 */
function textsOf(texts) {
  /** @type {number[]} */
  const bytes = []
  /** @type {Map<string, number>} */
  const places = new Map()
  for (const text of new Set(texts)) {
    if (text === null) continue
    const own = new TextEncoder().encode(text)
    bytes.push(own.length & 0xff, own.length >> 8, 0, 0)
    places.set(text, bytes.length)
    bytes.push(...own)
  }
  const rows = texts.map(text => text === null ? 0 : /** @type {number} */ (places.get(text)))
  return new Texts(Uint8Array.from(bytes), Int32Array.from(rows))
}

test('texts are what they were, nothing and empty ones too', () => {
  const texts = ['a', null, '', '文字', 'a', 'x'.repeat(300)]
  const made = textsOf(texts)
  assert.deepEqual(made.strings(), texts)
  assert.deepEqual(texts.map((_, row) => made.at(row)), texts)
  assert.deepEqual(made.arrange(Int32Array.of(3, 1)).strings(), ['文字', null])
})

test('texts are compared by what they say, not where they stand', () => {
  const [one, other] = [textsOf(['a', 'ab', 'a']), textsOf(['ab', 'a', 'b'])]
  const same = [0, 1, 2].map(row => [0, 1, 2].map(otherRow => one.isSame(row, other, otherRow)))
  assert.deepEqual(same, [[false, true, false], [true, false, false], [false, true, false]])
})

test('rows find their works in any order, and those of no work are told', () => {
  const ids = Array.from({ length: 50 }, (_, number) => `id:${number}`)
  const works = makeWorkIds(textsOf(ids))
  const find = (/** @type {string[]} */ keys) => [...findNumbers(works, textsOf(keys))]
  assert.deepEqual(find(['id:0', 'id:0', 'id:3', 'id:49', 'id:2', 'id:50', 'id:3']), [0, 0, 3, 49, 2, -1, 3])
  // So far out of order that all are looked up at once.
  const places = Array.from({ length: 200 }, (_, row) => row * 37 % 50)
  assert.deepEqual(find(places.map(place => ids[place])), places)
  assert.deepEqual(find([]), [])
})

test('each work has a line, whatever stands in its texts', () => {
  const texts = textsOf(['One\ntwo', 'three', null, 'É'])
  const [{ text, starts }] = foldTexts(3, [texts], Int32Array.of(0, 2, 3, 4))
  assert.equal(text, ' one two three \n \n e \n')
  assert.deepEqual([...starts], [0, 16, 18, 22])
})

test('rows come over whole, and so does what went wrong', async () => {
  const { port1, port2 } = new MessageChannel()
  const rows = () => ({
    start: Int32Array.of(0, 1, 2),
    columns: [textsOf(['a', 'b'])],
    numbers: Int32Array.of(0, 1),
    folded: [{ text: ' a \n b \n', starts: Int32Array.of(0, 4, 8) }]
  })
  const sent = { authors: rows(), ids: rows() }
  const received = receiveRows(port2)(Promise.resolve(textsOf(['W1'])))
  await sendRows(port1, async ids => {
    assert.deepEqual(await ids, textsOf(['W1']))
    return sent
  })
  assert.deepEqual(await received, { authors: rows(), ids: rows() })
  assert.equal(sent.authors.start.length, 0) // moved, not copied
  const failed = receiveRows(port2)(Promise.resolve(textsOf([])))
  await sendRows(port1, () => Promise.reject(new Error('no such file')))
  await assert.rejects(failed, /no such file/)
  port1.close()
})
