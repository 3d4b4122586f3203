// Why a run is not possible, in the names of the page.

import { BadArgument } from './checks.js'
import { labelOf } from './fields.js'
import { commas } from './numbers.js'

/**
 * Sentences for the rules of a layout: the argument, and what it must be a multiple of.
 * @type {[string, RegExp, (value: string, other: string) => string][]}
 */
const RULES = [
  ['heads', /^a multiple of tensor = /, (a, t) => `${a} attention heads cannot be split over ${t} tensor-parallel GPUs.`],
  ['ffn_hidden', /^a multiple of tensor = /, (f, t) => `An FFN of ${f} cannot be split over ${t} tensor-parallel GPUs.`],
  ['vocab_size', /^a multiple of tensor = /, (v, t) => `No formula here for an uneven vocabulary: ${v} tokens over ${t} tensor-parallel GPUs. Padded, it would be even.`],
  ['layers', /^a multiple of pipeline x virtual_stages = /, (l, p) => `No formula here for uneven stages: ${l} layers over ${p}. Published runs have such stages.`],
  ['batch_size', /^a multiple of micro_batch_size x data = /, (b, n) => `A global batch of ${b} is no multiple of micro-batch × data parallel = ${n}.`],
  ['batch_size', /interleaved/, (b, n) => `Interleaved, a global batch must be a multiple of micro-batch × data parallel × stages = ${n}; ${b} is not.`],
  ['gpus', /^a multiple of/, (n, each) => `${n} GPUs are no multiple of tensor × pipeline × context = ${each}.`],
  ['gpus', /^tensor x/, (n, all) => `Tensor × pipeline × context × data parallel = ${all}, but there are ${n} GPUs.`],
  ['kv_heads', /divisor of tensor/, (k, t) => `${k} KV heads over ${t} tensor-parallel GPUs: one must divide the other.`],
  ['virtual_stages', /without a pipeline/, () => 'Interleaving needs a pipeline: set the stages per device to 1.'],
  ['sequence_length', /context/, (s, n) => `A sequence of ${s} tokens cannot be split evenly: it must be a multiple of ${n}.`],
  ['hidden_size', /^a multiple of heads = /, (h, a) => `A hidden size of ${h} is no multiple of ${a} attention heads.`],
  ['kv_heads', /^a divisor of heads/, (k, a) => `${a} attention heads cannot share ${k} KV heads evenly.`],
  ['experts_active', /^a number up to/, (e, all) => `A token cannot pass through ${e} of ${all} experts.`],
  ['recomputation', /several experts/, () => 'With experts, activations can be counted only with full recomputation. Choose it to see the total.']
]

/** Says an error in the names of the page. @param {unknown} error */
export function said(error) {
  if (!(error instanceof BadArgument)) return /** @type {Error} */ (error).message
  const { argument, value, allowed } = error
  const rule = RULES.find(([name, pattern]) => name === argument && pattern.test(allowed))
  if (rule) return rule[2](commas(`${value}`), commas(/\d+$/.exec(allowed)?.[0] ?? ''))
  const words = allowed.replace(/[a-z]+(_[a-z]+)*/g, word => labelOf(word))
  return `${labelOf(argument)}: ${words}.`
}

/** Whether published runs break this rule: it only has no formula here. @param {unknown} error */
export const isUneven = error => error instanceof BadArgument &&
  ['layers', 'vocab_size'].includes(error.argument) && error.allowed.startsWith('a multiple of')
