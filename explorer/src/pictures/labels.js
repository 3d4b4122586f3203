// Labels beside dots, as many as do not overlap.

const HEIGHT = 13 // px
const GAP = 3

/** @typedef {{ x: number, y: number, r: number }} Dot */
/** @typedef {{ left: number, top: number, right: number, bottom: number }} Box */

/**
 * Returns where labels stand, by the position of their dot: beside it, below or above, in the
 * first place that is in the picture and free of other labels and of dots. Those that matter most
 * come first, and may cover dots.
 * @param {Dot[]} dots in px
 * @param {number[]} widths of the labels
 * @param {number[]} first positions of what matters most
 * @param {number[]} others in the order in which they may take what is left
 * @param {number} width of the picture
 * @param {number} height
 * @returns {Map<number, { x: number, y: number }>} the start of the base line
 */
export function placeLabels(dots, widths, first, others, width, height) {
  /** @type {Map<number, { x: number, y: number }>} */
  const places = new Map()
  /** @type {Box[]} */
  const taken = []
  const covered = dots.map(({ x, y, r }) => ({ left: x - r, top: y - r, right: x + r, bottom: y + r }))
  for (const i of new Set([...first, ...others])) {
    const { x, y, r } = dots[i]
    if (!widths[i] || x < 0 || y < 0 || x > width || y > height) continue
    const boxes = [
      [x + r + GAP, y - HEIGHT / 2], [x - r - GAP - widths[i], y - HEIGHT / 2],
      [x - widths[i] / 2, y + r + 1], [x - widths[i] / 2, y - r - 1 - HEIGHT]
    ].map(([left, top]) => ({ left, top, right: left + widths[i], bottom: top + HEIGHT }))
      .filter(box => box.left >= 0 && box.top >= 0 && box.right <= width && box.bottom <= height &&
        !taken.some(other => overlap(box, other)))
    const free = boxes.find(box => !covered.some((dot, j) => j !== i && overlap(box, dot)))
    const box = free ?? (first.includes(i) ? boxes[0] : undefined)
    if (!box) continue
    taken.push(box)
    places.set(i, { x: box.left, y: box.bottom - 3 })
  }
  return places
}

/** @param {Box} one @param {Box} two */
const overlap = (one, two) => one.left < two.right && two.left < one.right &&
  one.top < two.bottom && two.top < one.bottom
