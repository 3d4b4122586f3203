import assert from 'node:assert/strict'
import test from 'node:test'
import { layOut } from '../src/engine/layout.js'
import { apart, citationNetwork, shortName, sizesOf } from '../src/engine/graphs.js'
import {
  drawnSentence, ledTo, linkedTo, nearestTo, nearestTowards, zoomed
} from '../src/pictures/graph.js'
import { placeLabels } from '../src/pictures/labels.js'
import { themeKeys, yearKeys } from '../src/pictures/legend.js'
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

/** @param {number} number */
function point(number) {
  return {
    number, x: 0.5, y: 0.5, size: 1, title: `Paper ${number}`, label: '', theme: 0, year: 2020,
    cited: null
  }
}

/** @type {Graph} */
const GRAPH = {
  asked: 44,
  left: 0,
  alone: 41,
  points: [1, 2, 3].map(point),
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
  const points = Array.from({ length: 8 }, (_, i) => point(i))
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
  assert.equal(drawnSentence('citations', { ...GRAPH, asked: 5, left: 1, alone: 1 }),
    '3 of 5 papers are drawn; 1 more cites another or is cited but does not fit; ' +
    '1 has no known citation among them.')
  assert.equal(drawnSentence('citations', none), 'None of 44 papers is known to cite another.')
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

test('citations are told by their direction', () => {
  assert.deepEqual(linkedTo('citations', GRAPH, 0), {
    near: [2, 1],
    by: 'Of the papers drawn it cites 1 and is cited by 1:',
    titles: ['is cited by: Paper 3', 'cites: Paper 2']
  })
})

test('works that cite one another are linked once, whatever sources say so; others are left out', () => {
  const works = { title_plain: ['', 'A', 'B', 'C'], is_retracted: [], citation_count: [null, 4, null, 0] }
  const model = {
    works, years: [0, 2020, 0, 2022], facets: { theme: { start: [0, 1, 2, 3, 4], codes: [0, 2, 0, 1] } },
    authors: { start: [0, 0, 1, 1, 2], columns: [['Ann Lee', 'The Lamp Team']] }
  }
  const { points, links, alone } = citationNetwork(/** @type {any} */ (model), [1, 2, 3],
    [[1, 3], [1, 3], [3, 0], [-1, 2]])
  assert.deepEqual(links.map(({ source, target }) => [source, target]), [[0, 1]])
  assert.deepEqual(points.map(({ label, theme, year, cited }) => [label, theme, year, cited]),
    [['Lee 2020', 1, 2020, 4], ['The Lamp Team 2022', 0, 2022, 0]])
  assert.equal(alone, 1)
})

test('works of one author and year are told apart by a letter', () => {
  const labels = ['Lee 2020', 'Oz 2020', 'Lee 2020', '', '']
  assert.deepEqual(labels.map((_, place) => apart(labels, place)),
    ['Lee 2020a', 'Oz 2020', 'Lee 2020b', '', ''])
})

test('a dot is as large as its work is cited, and the smallest where that is not known', () => {
  assert.deepEqual(sizesOf([null, null]), [1, 1])
  const [all, half, none, unknown] = sizesOf([99, 9, 0, null])
  assert.ok(Math.abs(all - half - (half - none)) < 1e-9)
  assert.ok(unknown < none && none < half)
})

test('a name is short in a label, that of a group whole', () => {
  assert.deepEqual(['Ann van der Lee', 'Ann B. Lee Jr.', 'Lamp Team', 'Oil-AI', '安', '', 'X'.repeat(30)]
    .map(shortName), ['Lee', 'Lee', 'Lamp Team', 'Oil-AI', '安', '', `${'X'.repeat(18)}…`])
})

test('what is seen stays about its place and in the picture', () => {
  const whole = { times: 1, left: 0, top: 0 }
  const twice = zoomed(whole, 2, { x: 0.5, y: 0.25 })
  assert.deepEqual(twice, { times: 2, left: 0.25, top: 0.125 })
  assert.deepEqual(zoomed(twice, 2, { x: 0.5, y: 0.5 }, { x: 0.1, y: 0 }), { ...twice, left: 0.2 })
  assert.deepEqual(zoomed(twice, 2, { x: 0, y: 0 }, { x: 9, y: -9 }), { times: 2, left: 0, top: 0.5 })
  assert.deepEqual(zoomed(twice, 0.1, { x: 0.9, y: 0.9 }), whole)
  assert.equal(zoomed(whole, 99, { x: 0, y: 0 }).times, 12)
})

test('labels overlap neither each other nor dots, and more of them stand when it is zoomed', () => {
  const { x, y } = layOut(60, [])
  const widths = Array.from({ length: 60 }, (_, i) => 40 + i)
  const all = widths.map((_, i) => i)
  /** @param {number} width */
  const placed = width => {
    const dots = Array.from(x, (at, i) => ({ x: at * width, y: y[i] * width * 0.75, r: 6 }))
    const places = placeLabels(dots, widths, [], all, width, width * 0.75)
    const boxes = [...places].map(([i, { x, y }]) =>
      ({ i, left: x, right: x + widths[i], top: y - 10, bottom: y + 3 }))
    for (const one of boxes) {
      assert.ok(one.left >= 0 && one.right <= width)
      const others = [...boxes, ...dots.map(({ x, y, r }, i) =>
        ({ i, left: x - r, right: x + r, top: y - r, bottom: y + r }))]
      assert.ok(!others.some(other => other.i !== one.i && one.left < other.right &&
        other.left < one.right && one.top < other.bottom && other.top < one.bottom))
    }
    return places.size
  }
  assert.ok(placed(400) > 10)
  assert.ok(placed(900) > placed(400))
  const crowded = widths.map(() => ({ x: 50, y: 50, r: 6 }))
  assert.deepEqual([...placeLabels(crowded, widths, [7], all, 200, 100).keys()], [7, 0, 1, 2])
})

test('each theme that is drawn has a colour of its own; of too many those of most papers', () => {
  const themes = ['a', 'b', 'c'].map(id => ({ theme_id: id, title: id, description: '' }))
  const points = [2, 2, 1, -1].map((theme, i) => ({ ...point(i), theme }))
  const used = (/** @type {string[]} */ colours) => themeKeys(points, themes, colours)
    .map(({ colour, label, has }) => [colour, label, points.filter(has).length])
  assert.deepEqual(used(['red', 'green', 'blue']), [['red', 'a', 0], ['green', 'b', 1],
    ['blue', 'c', 2], ['var(--cx-muted)', 'another theme', 0], ['var(--cx-muted)', 'theme not known', 1]])
  assert.deepEqual(used(['red']).map(([, label, count]) => [label, count]),
    [['c', 2], ['another theme', 1], ['theme not known', 1]])
})

test('years have colours in their order; an unknown year is said to be one', () => {
  const points = [2022, 2020, null].map((year, i) => ({ ...point(i), year }))
  assert.deepEqual(yearKeys(points).map(({ label, has }) => [label, points.filter(has).length]),
    [['2020', 1], ['2021', 0], ['2022', 1], ['year not known', 1]])
})
