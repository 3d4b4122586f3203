import assert from 'node:assert/strict'
import test from 'node:test'
import { layOut } from '../src/engine/layout.js'
import {
  drawnSentence, ledTo, linkedTo, nearestTo, nearestTowards
} from '../src/pictures/graph.js'
import { drawnThemes, pressCell, timeTable, yearColumns } from '../src/pictures/time.js'

/** @import { Graph, View } from '../src/types.js' */

/** @param {number[]} years */
const labels = years => yearColumns(years).map(({ label }) => label)

test('years without works have a column, so that time is linear', () => {
  assert.deepEqual(labels([2020, 2023]), ['2020', '2021', '2022', '2023'])
  assert.deepEqual(labels([2024]), ['2024'])
  assert.deepEqual(labels([]), [])
})

test('more than 12 years are put into bins of equal length', () => {
  assert.equal(labels([2012, 2023]).length, 12)
  assert.deepEqual(labels([2012, 2024]),
    ['2012-2013', '2014-2015', '2016-2017', '2018-2019', '2020-2021', '2022-2023', '2024-2025'])
  assert.deepEqual(yearColumns([1991, 2024])[0], { label: '1990-1994', first: 1990, last: 1994 })
  for (let last = 1900; last < 2400; last++) {
    const columns = yearColumns([1899, last])
    assert.ok(columns.length <= 12)
    assert.ok(columns[0].first <= 1899 && columns[columns.length - 1].last >= last)
    columns.slice(1).forEach(({ first }, i) => assert.equal(first, columns[i].last + 1))
  }
})

const THEMES = [
  { theme_id: 'reasoning', title: 'Reasoning', description: '' },
  { theme_id: 'surveys', title: 'Surveys', description: '' }
]

/**
 * @param {number} count
 * @param {View['timeline']} timeline
 * @param {[number, number][]} years
 * @param {View['timeline']} timelineAll
 * @returns {View}
 */
function view(count, timeline, years, timelineAll = timeline) {
  const year = years.map(([value, n]) => ({ value: `${value}`, label: `${value}`, count: n }))
  return /** @type {any} */ (
    { numbers: new Int32Array(count), timeline, timelineAll, counts: { year } })
}

/** @param {ReturnType<typeof timeTable>} table @returns {number[][]} the papers of each cell */
const counts = ({ rows }) => rows.map(({ cells }) => cells.map(({ count }) => count))
/** @param {ReturnType<typeof timeTable>} table @returns {number[][]} those that are shown */
const shown = ({ rows }) => rows.map(({ cells }) => cells.map(cell => cell.shown))

test('a paper of two themes counts in both rows, once in the totals; unknown comes last', () => {
  const table = timeTable(view(4, [
    { theme: 'reasoning', year: 2022, count: 2 },
    { theme: 'surveys', year: 2022, count: 1 },
    { theme: 'surveys', year: null, count: 1 },
    { theme: 'not known', year: 2024, count: 1 }
  ], [[2022, 2], [2024, 1]]), THEMES, null)
  assert.deepEqual(table.columns.map(({ label }) => label), ['2022', '2023', '2024'])
  assert.equal(table.hasUnknown, true)
  assert.deepEqual(table.rows.map(({ id, title, total }) => [id, title, total]), [
    ['reasoning', 'Reasoning', 2], ['surveys', 'Surveys', 2], ['not known', 'Theme not known', 1]
  ])
  assert.deepEqual(counts(table), [[2, 0, 0, 0], [1, 0, 0, 1], [0, 0, 1, 0]])
  assert.deepEqual(shown(table), counts(table))
  assert.deepEqual(table.totals, [2, 0, 1, 1])
})

test('cells count whatever themes and years are asked for; totals count the list', () => {
  const table = timeTable(view(2, [
    { theme: 'reasoning', year: 2023, count: 2 },
    { theme: 'surveys', year: 2023, count: 1 }
  ], [[2022, 5], [2023, 2], [2024, 1]], [
    { theme: 'reasoning', year: 2022, count: 5 },
    { theme: 'reasoning', year: 2023, count: 2 },
    { theme: 'surveys', year: 2023, count: 3 },
    { theme: 'surveys', year: null, count: 1 }
  ]), THEMES, [2023, 2023])
  assert.deepEqual(table.totals, [0, 2, 0, 0])
  assert.equal(table.hasUnknown, true)
  assert.deepEqual(counts(table), [[5, 2, 0, 0], [0, 3, 0, 1]])
  assert.deepEqual(shown(table), [[0, 2, 0, 0], [0, 1, 0, 0]])
  assert.deepEqual(table.rows.map(({ total }) => total), [7, 4])
})

test('a hub without years has the column of those not known alone', () => {
  const table = timeTable(view(1, [{ theme: 'surveys', year: null, count: 1 }], []), THEMES, null)
  assert.deepEqual([table.columns, table.totals, counts(table)], [[], [1], [[0], [1]]])
})

/** @typedef {import('../src/pictures/time.js').Asked} Asked */

test('a cell pressed again gives back the themes and years before the first press', () => {
  /** @type {Asked[]} */
  const [before, one, two] = [
    { theme: ['reasoning', 'surveys'], year: [2022, 2024] },
    { theme: ['surveys'], year: [2023, 2023] },
    { theme: ['reasoning'], year: [2022, 2022] }
  ]
  const first = pressCell(before, one, null)
  assert.deepEqual(first.patch, one)
  const second = pressCell(first.patch, two, first.press)
  assert.deepEqual(second.patch, two)
  assert.deepEqual(pressCell(second.patch, null, second.press), { patch: before, press: null })
})

test('what was ticked since a press is not undone by an older one', () => {
  /** @type {Asked} */
  const cell = { theme: ['surveys'], year: [2023, 2023] }
  const { press } = pressCell({ theme: ['reasoning'], year: null }, cell, null)
  const ticked = structuredClone(cell)
  assert.deepEqual(pressCell(ticked, null, press).patch, { theme: [], year: null })
  assert.deepEqual(pressCell(ticked, cell, press).press, { asked: cell, before: ticked })
})

const CROSS = [{ x: 0.5, y: 0.5 }, { x: 0.7, y: 0.52 }, { x: 0.3, y: 0.5 }, { x: 0.5, y: 0.3 },
  { x: 0.52, y: 0.8 }, { x: 0.9, y: 0.5 }]

test('an arrow key leads to the nearest dot on its side', () => {
  const led = ['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown']
    .map(key => nearestTowards(CROSS, 0, key))
  assert.deepEqual(led, [1, 2, 3, 4])
  assert.equal(nearestTowards(CROSS, 5, 'ArrowRight'), 5)
})

test('Home, End and the page keys go through the dots in order; other keys lead nowhere', () => {
  assert.deepEqual(['Home', 'End', 'PageUp', 'PageDown', 'ArrowUp', 'Escape', 'a']
    .map(key => ledTo(CROSS, 0, key)), [0, 5, 0, 1, 3, -1, -1])
  assert.equal(ledTo(CROSS, 5, 'PageDown'), 5)
})

test('arrow keys alone reach every dot of a layout', () => {
  const { x, y } = layOut(60, Array.from({ length: 50 }, (_, i) =>
    ({ source: i, target: i + 10, weight: 1 })))
  const points = Array.from(x, (value, i) => ({ x: value, y: y[i] }))
  const reached = new Set([0])
  for (const from of reached) {
    for (const key of ['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown']) {
      reached.add(nearestTowards(points, from, key))
    }
  }
  assert.equal(reached.size, 60)
})

test('the pointer means the nearest dot within reach', () => {
  assert.equal(nearestTo(CROSS, 0.51, 0.5), 0)
  assert.equal(nearestTo(CROSS, 0.69, 0.5), 1)
  assert.equal(nearestTo(CROSS, 0.1, 0.1), -1)
})

/** @type {Graph} */
const GRAPH = {
  asked: 44,
  left: 0,
  alone: 41,
  points: [1, 2, 3].map(number => ({ number, x: 0.5, y: 0.5, title: `Paper ${number}` })),
  links: [
    { source: 0, target: 1, weight: 1, names: ['A. Author'] },
    { source: 2, target: 0, weight: 2, names: ['A. Author', 'B. Author'] }
  ]
}

test('what links a paper is told, each name once, the heaviest link first', () => {
  assert.deepEqual(linkedTo('network', GRAPH, 0), {
    near: [2, 1],
    by: 'Linked by the author names A. Author, B. Author:',
    titles: ['Paper 3', 'Paper 2']
  })
  assert.deepEqual(linkedTo('map', GRAPH, 1),
    { near: [0], by: 'Nearest by the rare word A. Author:', titles: ['Paper 1'] })
  assert.deepEqual(linkedTo('network', { ...GRAPH, links: [] }, 0),
    { near: [], by: '', titles: [] })
  const names = Array.from({ length: 10 }, (_, i) => `N${i}`)
  const many = { ...GRAPH, links: [{ source: 0, target: 1, weight: 10, names }] }
  assert.equal(linkedTo('network', many, 1).by,
    'Linked by the author names N0, N1, N2, N3, N4, N5, N6, N7 and 2 more:')
})

test('a paper of the map has its nearest three; of the network all, but five are named', () => {
  const points = Array.from({ length: 8 }, (_, i) =>
    ({ number: i, x: 0.5, y: 0.5, title: `Paper ${i}` }))
  const links = points.slice(1).map(({ number }) =>
    ({ source: number, target: 0, weight: number, names: ['word'] }))
  const star = { ...GRAPH, points, links }
  assert.deepEqual(linkedTo('map', star, 0).near, [7, 6, 5])
  const { near, titles } = linkedTo('network', star, 0)
  assert.deepEqual(near, [7, 6, 5, 4, 3, 2, 1])
  assert.deepEqual(titles, ['Paper 7', 'Paper 6', 'Paper 5', 'Paper 4', 'Paper 3', 'and 2 more'])
})

test('how many papers are drawn of how many is told, and why not all', () => {
  const none = { ...GRAPH, points: [], links: [] }
  assert.equal(drawnSentence('map', { ...GRAPH, asked: 12_345 }),
    'The first 3 of 12,345 papers are drawn.')
  assert.equal(drawnSentence('network', GRAPH),
    '3 of 44 papers are drawn; 41 share no author name.')
  assert.equal(drawnSentence('network', { ...GRAPH, asked: 2_203, left: 1_800, alone: 400 }),
    '3 of 2,203 papers are drawn; 1,800 more share author names but do not fit; 400 share none.')
  assert.equal(drawnSentence('network', { ...GRAPH, asked: 5, left: 1, alone: 1 }),
    '3 of 5 papers are drawn; 1 more shares author names but does not fit; 1 shares none.')
  assert.equal(drawnSentence('network', { ...GRAPH, asked: 4, left: 1, alone: 0 }),
    '3 of 4 papers are drawn; 1 more shares author names but does not fit.')
  assert.equal(drawnSentence('network', none),
    'None of 44 papers shares an author name with another.')
  assert.equal(drawnSentence('map', { ...GRAPH, asked: 3 }), '')
  assert.equal(drawnSentence('map', { ...none, asked: 0 }), 'There are no papers to draw.')
})

test('of many themes the first are drawn, and those that are asked for', () => {
  const themes = Array.from({ length: 400 }, (_, place) =>
    ({ theme_id: `t${place}`, title: `Topic ${place}`, description: '' }))
  assert.equal(drawnThemes(themes.slice(0, 20), []).length, 20)
  const drawn = drawnThemes(themes, ['t3', 't390'])
  assert.deepEqual(drawn.map(({ theme_id }) => theme_id),
    [...themes.slice(0, 20).map(({ theme_id }) => theme_id), 't390'])
})
