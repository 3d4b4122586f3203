// Where the dots of a picture stand.

import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from 'd3-force'

/** Sides of the picture, in its own units. */
export const WIDTH = 400
export const HEIGHT = 300

const MARGIN = 14 // room for the ring of the chosen dot
const LARGEST_SCALE = 4 // two works do not go to two corners
const TICKS = 150
const PARTING_TICKS = 60

/**
 * Returns the radius of each of so many dots: they cover a fifth of the picture, but none is large.
 * @param {number} count
 */
export function dotRadius(count) {
  return Math.min(8, Math.sqrt((0.2 * WIDTH * HEIGHT) / Math.PI / count))
}

/** @param {number} value @param {number} side */
function within(value, side) {
  return Math.min(Math.max(value, MARGIN), side - MARGIN)
}

/**
 * Moves the nodes to the middle of the picture, and scales them, alike both ways, to fill it.
 * @param {{ x: number, y: number, vx: number, vy: number }[]} nodes
 */
function fit(nodes) {
  const xs = nodes.map(node => node.x)
  const ys = nodes.map(node => node.y)
  const [left, right, top, bottom] =
    [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const scale = Math.min(
    (WIDTH - 2 * MARGIN) / (right - left), (HEIGHT - 2 * MARGIN) / (bottom - top), LARGEST_SCALE)
  for (const node of nodes) {
    node.x = WIDTH / 2 + (node.x - (left + right) / 2) * scale
    node.y = HEIGHT / 2 + (node.y - (top + bottom) / 2) * scale
    node.vx = node.vy = 0
  }
}

/**
 * Returns where nodes stand, within 0 to 1 both ways in a picture of 4:3, so that linked ones are
 * near, the nearer the heavier the link, and no two dots overlap; always the same for the same
 * links, which name nodes by position.
 * @param {number} count
 * @param {{ source: number, target: number, weight: number }[]} links
 * @param {number[]} [sizes] how many times the usual radius each has
 * @returns {{ x: Float64Array, y: Float64Array }}
 */
export function layOut(count, links, sizes = []) {
  const nodes = Array.from({ length: count }, () => ({ x: NaN, y: NaN, vx: 0, vy: 0 }))
  const radius = dotRadius(count)
  const heaviest = links.reduce((most, { weight }) => Math.max(most, weight), 0)
  const simulation = forceSimulation(nodes).stop()
    // d3-force writes into the links that it is given.
    .force('link', forceLink(links.map(link => ({ ...link })))
      .distance(link => (4 - (2 * link.weight) / heaviest) * radius))
    .force('apart', forceManyBody().strength(-3 * radius).theta(1.2))
    .force('x', forceX().strength(0.06))
    .force('y', forceY().strength(0.09))
    .alphaDecay(1 - 0.001 ** (1 / TICKS))
    .tick(TICKS)
  fit(nodes)
  for (const name of ['link', 'apart', 'x', 'y']) simulation.force(name, null)
  simulation.force('collide', forceCollide((_, i) => 1.15 * radius * (sizes[i] ?? 1)))
  for (let i = 0; i < PARTING_TICKS; i++) {
    simulation.tick()
    for (const node of nodes) {
      node.x = within(node.x, WIDTH)
      node.y = within(node.y, HEIGHT)
    }
  }
  return {
    x: Float64Array.from(nodes, node => node.x / WIDTH),
    y: Float64Array.from(nodes, node => node.y / HEIGHT)
  }
}
