import assert from 'node:assert/strict'
import test from 'node:test'
import { dotRadius, HEIGHT, layOut, WIDTH } from '../src/engine/layout.js'

/**
 * Groups of nodes, each node linked to the next ones of its group.
 * @param {number} count
 * @param {number} groups
 * @param {number} next
 */
function groupLinks(count, groups, next = 3) {
  return Array.from({ length: count * next }, (_, i) => {
    const source = i % count
    return { source, target: source + groups * (1 + Math.floor(i / count)), weight: 1 + (i % 5) }
  }).filter(({ target }) => target < count)
}

/** @param {{ x: Float64Array, y: Float64Array }} layout @param {number} i @param {number} j */
function distance({ x, y }, i, j) {
  return Math.hypot((x[i] - x[j]) * WIDTH, (y[i] - y[j]) * HEIGHT)
}

/** @param {number} count @returns {[number, number][]} */
function pairs(count) {
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: i }, (_, j) => /** @type {[number, number]} */ ([i, j]))).flat()
}

/** @type {[string, number, ReturnType<typeof groupLinks>][]} */
const GRAPHS = [
  ['two nodes', 2, [{ source: 0, target: 1, weight: 1 }]],
  ['nodes without links', 60, []],
  ['a star', 300, Array.from({ length: 299 }, (_, i) => ({ source: 0, target: i + 1, weight: 1 }))],
  ['a clique', 40, pairs(40).map(([source, target]) => ({ source, target, weight: 1 }))],
  ['many nodes', 500, groupLinks(500, 12)],
  ['dense groups', 500, groupLinks(500, 3, 30)],
  ['more of them', 500, groupLinks(500, 40, 20)]
]

for (const [name, count, links] of GRAPHS) {
  test(`${name}: dots and their rings are inside the picture, and no dots overlap`, () => {
    const layout = layOut(count, links)
    const radius = dotRadius(count)
    assert.equal(layout.x.length, count)
    for (let i = 0; i < count; i++) {
      const [x, y] = [layout.x[i] * WIDTH, layout.y[i] * HEIGHT]
      const room = Math.min(x, WIDTH - x, y, HEIGHT - y) + 1e-9
      assert.ok(room >= radius + 5, `${room} is less than ${radius + 5}`)
    }
    const nearest = pairs(count)
      .reduce((least, [i, j]) => Math.min(least, distance(layout, i, j)), Infinity)
    assert.ok(nearest >= 2 * radius, `${nearest} is less than ${2 * radius}`)
  })
}

test('the same graph is laid out the same, and its links are left as they are', () => {
  const links = groupLinks(80, 4)
  const before = structuredClone(links)
  assert.deepEqual(layOut(80, links), layOut(80, links))
  assert.deepEqual(links, before)
})

test('linked nodes stand nearer than others, and the nearer the heavier the link', () => {
  const links = groupLinks(80, 4)
  const layout = layOut(80, links)
  /** @param {[number, number][]} some */
  const mean = some =>
    some.reduce((sum, [i, j]) => sum + distance(layout, i, j), 0) / some.length
  assert.ok(mean(links.map(({ source, target }) => [source, target])) < mean(pairs(80)) / 2)
  const three = layOut(3, [
    { source: 0, target: 1, weight: 4 }, { source: 1, target: 2, weight: 1 }])
  assert.ok(distance(three, 0, 1) < distance(three, 1, 2))
})

test('one node stands in the middle, and none is no error', () => {
  assert.deepEqual(layOut(1, []), { x: Float64Array.of(0.5), y: Float64Array.of(0.5) })
  assert.deepEqual(layOut(0, []), { x: new Float64Array(), y: new Float64Array() })
})
