// Numbers as people read them.

/** @param {string} digits */
export const commas = digits => digits.replace(/\B(?=(\d{3})+$)/g, ',')

/**
 * Writes a number with a few significant digits, and commas.
 * @param {number} value @param {number} [digits]
 */
export function short(value, digits = 3) {
  if (!Number.isFinite(value)) return 'not known'
  if (value === 0) return '0'
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))))
  if (decimals > 6) return value.toExponential(digits - 1)
  const [whole, part] = value.toFixed(decimals).replace(/\.?0+$/, zeros => decimals ? '' : zeros)
    .split('.')
  return commas(whole) + (part ? `.${part}` : '')
}

/** @param {number} count parameters, hours: in words where they are many */
export function large(count) {
  for (const [size, word] of /** @type {[number, string][]} */ (
    [[1e12, 'trillion'], [1e9, 'billion'], [1e6, 'million']])) {
    if (Math.abs(count) >= size) return `${short(count / size, 4)} ${word}`
  }
  return short(count, 4)
}

/** @param {number} share */
export const percent = share => `${(100 * share).toFixed(1)} %`

/** @param {number} bytes */
export const gigabytes = bytes => `${short(bytes / 1e9, bytes < 1e10 ? 2 : 3)} GB`

/** @param {number} flops */
export function operations(flops) {
  const power = Math.floor(Math.log10(flops))
  return `${(flops / 10 ** power).toFixed(3)} × 10${[...`${power}`].map(digit => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')}`
}
