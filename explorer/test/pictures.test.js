import assert from 'node:assert/strict'
import test from 'node:test'
import { layOut } from '../src/engine/layout.js'
import {
  drawnSentence, ledTo, nearestTo, nearestTowards, sharedSentence
} from '../src/pictures/graph.js'
import { timeTable, yearColumns } from '../src/pictures/time.js'

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
 * @returns {View}
 */
function view(count, timeline, years) {
  const year = years.map(([value, n]) => ({ value: `${value}`, label: `${value}`, count: n }))
  return /** @type {any} */ ({ numbers: new Int32Array(count), timeline, counts: { year } })
}

test('a work of two themes counts in both rows, once in the totals; unknown comes last', () => {
  const table = timeTable(view(4, [
    { theme: 'reasoning', year: 2022, count: 2 },
    { theme: 'surveys', year: 2022, count: 1 },
    { theme: 'surveys', year: null, count: 1 },
    { theme: 'not known', year: 2024, count: 1 }
  ], [[2022, 2], [2024, 1]]), THEMES, null)
  assert.deepEqual(table.columns.map(({ label }) => label), ['2022', '2023', '2024'])
  assert.equal(table.hasUnknown, true)
  assert.deepEqual(table.rows, [
    { id: 'reasoning', title: 'Reasoning', counts: [2, 0, 0, 0], total: 2 },
    { id: 'surveys', title: 'Surveys', counts: [1, 0, 0, 1], total: 2 },
    { id: 'not known', title: 'Theme not known', counts: [0, 0, 1, 0], total: 1 }
  ])
  assert.deepEqual(table.totals, [2, 0, 1, 1])
})

test('a condition on years leaves the columns, and totals count what it leaves', () => {
  const table = timeTable(view(2, [{ theme: 'reasoning', year: 2023, count: 2 }],
    [[2022, 5], [2023, 2], [2024, 1]]), THEMES, [2023, 2023])
  assert.deepEqual(table.totals, [0, 2, 0])
  assert.equal(table.hasUnknown, false)
  assert.deepEqual(table.rows.map(({ counts }) => counts), [[0, 2, 0], [0, 0, 0]])
})

test('a hub without years has the column of those not known alone', () => {
  const table = timeTable(view(1, [{ theme: 'surveys', year: null, count: 1 }], []), THEMES, null)
  assert.deepEqual([table.columns, table.totals, table.rows[1].counts], [[], [1], [1]])
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
  points: [1, 2, 3].map(number => ({ number, x: 0.5, y: 0.5, title: `Work ${number}` })),
  links: [
    { source: 0, target: 1, weight: 1, names: ['A. Author'] },
    { source: 2, target: 0, weight: 2, names: ['A. Author', 'B. Author'] }
  ]
}

test('what a work shares is told with the names, each once', () => {
  assert.equal(sharedSentence('network', GRAPH, 0),
    'Shares author names with 2 works: A. Author, B. Author.')
  assert.equal(sharedSentence('map', GRAPH, 1), 'Shares rare words with 1 work: A. Author.')
  assert.equal(sharedSentence('network', { ...GRAPH, links: [] }, 0), '')
  const names = Array.from({ length: 10 }, (_, i) => `N${i}`)
  const many = { ...GRAPH, links: [{ source: 0, target: 1, weight: 10, names }] }
  assert.equal(sharedSentence('network', many, 1),
    'Shares author names with 1 work: N0, N1, N2, N3, N4, N5, N6, N7 and 2 more.')
})

test('how many works are drawn of how many is told', () => {
  const none = { ...GRAPH, points: [], links: [] }
  assert.equal(drawnSentence('map', { ...GRAPH, asked: 12_345 }),
    'The first 3 of 12,345 works of this list.')
  assert.equal(drawnSentence('network', GRAPH),
    '3 of 44 works are drawn; works that share no author name are not.')
  assert.equal(drawnSentence('network', none),
    'None of the 44 works of this list shares an author name with another.')
  assert.equal(drawnSentence('map', { ...GRAPH, asked: 3 }), '')
  assert.equal(drawnSentence('map', { ...none, asked: 0 }), 'There are no works to draw.')
})
