// What the arguments of every formula must be: citehub/arithmetic/_checks.py.

/** @typedef {'full' | 'selective' | 'none'} Recomputation */
/** What must come out even: a value, and the number that divides it. @typedef {{ of: string, number: number, name: string, value: number }} Split */

/** An argument that is not allowed. */
export class BadArgument extends Error {
  /** @param {string} name @param {unknown} value @param {string} allowed */
  constructor(name, value, allowed) {
    super(`${name} is ${repr(value)}; it must be ${allowed}.`)
    this.argument = name
    this.value = value
    this.allowed = allowed
  }
}

/**
 * Writes a value as Python does.
 * @param {unknown} value
 */
export function repr(value) {
  if (value === undefined || value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'string' ? `'${value}'` : `${value}`
}

/**
 * Throws for the first argument that is not as allowed, missing values among them.
 * @param {string} allowed
 * @param {(value: any) => boolean} holds
 * @param {Record<string, unknown>} values
 */
export function check(allowed, holds, values) {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null || !holds(value)) {
      throw new BadArgument(name, value, allowed)
    }
  }
}

/** @param {Record<string, unknown>} values whole numbers from 1 */
export const checkCounts = values => check(
  'a whole number from 1', value => Number.isInteger(value) && value >= 1, values)

/** @param {Record<string, unknown>} values finite numbers above 0 */
export const checkAmounts = values => check(
  'a finite number above 0', value => Number.isFinite(value) && value > 0, values)

/** @param {Record<string, unknown>} values finite numbers from 0 */
export const checkPrices = values => check(
  'a finite number from 0', value => Number.isFinite(value) && value >= 0, values)

/** @param {Record<string, unknown>} values truth values */
export const checkSwitches = values => check(
  'True or False', value => typeof value === 'boolean', values)

/** @param {unknown} recomputation */
export const checkRecomputation = recomputation => check("'full', 'selective' or 'none'",
  value => ['full', 'selective', 'none'].includes(value), { recomputation })

/** @param {unknown} zero_stage */
export const checkZero = zero_stage => check(
  '0, 1, 2 or 3', value => [0, 1, 2, 3].includes(value), { zero_stage })

/** @param {unknown} bytes_per_parameter */
export const checkStateBytes = bytes_per_parameter => check(
  '16, 18 or 20', value => [16, 18, 20].includes(value), { bytes_per_parameter })

/** @param {Split} split */
export const faultOf = ({ of, number, name, value }) => value % number
  ? new BadArgument(name, value, `a multiple of ${of} = ${number}`) : null

/** @param {Split[]} splits throws for the first that does not come out even */
export function checkSplits(...splits) {
  for (const split of splits) {
    const fault = faultOf(split)
    if (fault) throw fault
  }
}

/** @param {number} tensor @param {number} heads @returns {Split} */
export const splitOfHeads = (tensor, heads) =>
  ({ of: 'tensor', number: tensor, name: 'heads', value: heads })

/** @param {number} p @param {number} v @param {number} layers @returns {Split} */
export const splitOfLayers = (p, v, layers) =>
  ({ of: 'pipeline x virtual_stages', number: p * v, name: 'layers', value: layers })

/**
 * A replica has whole micro-batches; interleaved, a multiple of its stages.
 * @param {number} batch @param {number} micro @param {number} data
 * @param {number} [p] @param {number} [v]
 * @returns {Split[]}
 */
export function splitsOfBatch(batch, micro, data, p = 1, v = 1) {
  const each = micro * data
  const splits = [{ of: 'micro_batch_size x data', number: each, name: 'batch_size', value: batch }]
  if (v > 1) {
    splits.push({
      of: 'micro_batch_size x data x pipeline (interleaved)', number: each * p, name: 'batch_size',
      value: batch
    })
  }
  return splits
}

/** @param {Record<string, number>} parts */
export const total = parts => Object.values(parts).reduce((sum, part) => sum + part, 0)
