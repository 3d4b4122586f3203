// A whole run: its stages, what they hold and send, which layouts are possible and which fit:
// citehub/arithmetic/layouts.py.

import {
  activationBytes, dataCommunicationBytes, modelStateParts, outerActivationBytes, pipelineBubble,
  pipelineCommunicationBytes, tensorCommunicationBytes, widths
} from './arithmetic.js'
import {
  BadArgument, check, checkAmounts, checkCounts, checkRecomputation, checkStateBytes,
  checkSwitches, checkZero, faultOf, splitOfHeads, splitOfLayers, splitsOfBatch, total
} from './checks.js'

/** @import { Layer, Plain, Shape, Variant } from './arithmetic.js' */
/** @import { Recomputation, Split } from './checks.js' */

/**
 * A run, as `citehub.arithmetic.Training`.
 * @typedef {Shape & Plain & Variant & {
 *   batch_size: number, gpus: number, tensor?: number, pipeline?: number, context?: number,
 *   data?: number | null, virtual_stages?: number, micro_batch_size?: number,
 *   zero_stage?: number, bytes_per_parameter?: number, recomputation?: Recomputation,
 *   sequence_parallel?: boolean, flash_attention?: boolean, scatter_gather?: boolean, gpus_per_node?: number
 * }} Training
 */

/** @typedef {{ tensor: number, pipeline: number, data: number, virtual_stages: number, micro_batch_size: number }} Layout */
/** @typedef {Layout & { stage: number, memory: number, idle: number, within_node: number, between_nodes: number }} RankedLayout */

/**
 * @typedef {Shape & Required<Plain> & Layout & {
 *   batch_size: number, gpus: number, heads: number, kv_heads: number, layer: Layer,
 *   context: number, zero_stage: number, bytes_per_parameter: number,
 *   recomputation: Recomputation, sequence_parallel: boolean, flash_attention: boolean,
 *   scatter_gather: boolean,
 *   gpus_per_node: number
 * }} Plan
 */

/**
 * Checks what can be checked of each keyword alone, and completes them.
 * @param {Training} run
 * @returns {Plan}
 */
function planOf(run) {
  const { layers, hidden_size, sequence_length, vocab_size, batch_size, gpus } = run
  const { tied_embeddings = true, learned_positions = true, biases = true } = run
  const { tensor = 1, pipeline = 1, context = 1, virtual_stages = 1, micro_batch_size = 1 } = run
  const { zero_stage = 0, bytes_per_parameter = 16, recomputation = 'full' } = run
  const { sequence_parallel = false, flash_attention = false, scatter_gather = false } = run
  const { gpus_per_node = 8 } = run
  checkCounts({ layers, hidden_size, sequence_length, vocab_size, batch_size, gpus })
  checkCounts({ heads: run.heads })
  const heads = /** @type {number} */ (run.heads)
  const layer = widths(hidden_size, run)
  checkCounts({ tensor, pipeline, context, virtual_stages, micro_batch_size, gpus_per_node })
  const each = tensor * pipeline * context
  if (run.data !== undefined && run.data !== null) checkCounts({ data: run.data })
  const data = run.data ?? (gpus % each ? 0 : gpus / each)
  checkRecomputation(recomputation)
  checkSwitches({
    tied_embeddings, learned_positions, biases, sequence_parallel, flash_attention, scatter_gather
  })
  checkStateBytes(bytes_per_parameter)
  checkZero(zero_stage)
  return {
    layers, hidden_size, sequence_length, vocab_size, batch_size, gpus, heads,
    kv_heads: Math.floor(heads * layer.keys / layer.queries), layer, tied_embeddings,
    learned_positions, biases, tensor, pipeline, context, data, virtual_stages, micro_batch_size,
    zero_stage, bytes_per_parameter, recomputation, sequence_parallel, flash_attention,
    scatter_gather,
    gpus_per_node
  }
}

/** @param {Plan} plan */
function* splitsOf(plan) {
  const { tensor: t, pipeline: p, context: c, sequence_length: s } = plan
  /** @type {(of: string, number: number, name: string, value: number) => Split} */
  const split = (of, number, name, value) => ({ of, number, name, value })
  yield splitOfHeads(t, plan.heads)
  yield split('tensor', t, 'ffn_hidden', plan.layer.ffn)
  yield split('tensor', t, 'vocab_size', plan.vocab_size)
  if (c > 1) yield split('2 x context', 2 * c, 'sequence_length', s)
  if (plan.sequence_parallel) yield split('tensor x context', t * c, 'sequence_length', s)
  yield splitOfLayers(p, plan.virtual_stages, plan.layers)
  if (plan.data) {
    yield* splitsOfBatch(plan.batch_size, plan.micro_batch_size, plan.data, p, plan.virtual_stages)
  } else yield split('tensor x pipeline x context', t * p * c, 'gpus', plan.gpus)
}

/** @param {Plan} plan */
function* faultsOf(plan) {
  for (const split of splitsOf(plan)) {
    const fault = faultOf(split)
    if (fault) yield fault
  }
  const { tensor: t, kv_heads: k, virtual_stages, gpus } = plan
  if (k % t && t % k) {
    yield new BadArgument('kv_heads', k, `a multiple or a divisor of tensor = ${t}`)
  }
  if (plan.pipeline === 1 && virtual_stages > 1) {
    yield new BadArgument('virtual_stages', virtual_stages, '1 without a pipeline')
  }
  const all = t * plan.pipeline * plan.context * plan.data
  if (plan.data && gpus !== all) {
    yield new BadArgument('gpus', gpus, `tensor x pipeline x context x data = ${all}`)
  }
}

/** @param {Training} run */
function possible(run) {
  const plan = planOf(run)
  for (const fault of faultsOf(plan)) throw fault
  return plan
}

/** @param {Plan} plan @param {number} stage */
function checkStage({ pipeline }, stage) {
  checkCounts({ stage })
  check(`a stage of ${pipeline}`, number => number <= pipeline, { stage })
}

/** @param {Training & { stage: number }} run */
export function stageParameters({ stage, ...run }) {
  const plan = possible(run)
  checkStage(plan, stage)
  return parametersOf(plan, stage)
}

/** @param {Plan} plan @param {number} stage */
function parametersOf(plan, stage) {
  const { hidden_size: h, tensor: t, layer, biases } = plan
  const layers = plan.layers / plan.pipeline
  const [first, last] = [stage === 1, stage === plan.pipeline]
  const queries = layer.queries / t
  const keys = Math.max(1, Math.floor(plan.kv_heads / t)) * (layer.keys / plan.kv_heads)
  const f = layer.ffn / t
  const vectors = queries + 2 * keys + h + layer.experts * ((layer.matrices - 1) * f + h)
  const norm = h * (biases ? 2 : 1)
  const words = plan.vocab_size / t * h
  return {
    attention: layers * 2 * h * (queries + keys),
    mlp: layers * layer.experts * layer.matrices * f * h,
    biases: biases ? layers * vectors : 0,
    layernorms: layers * 2 * norm + (last ? norm : 0),
    word_embeddings: first ? words : 0,
    position_embeddings: first && plan.learned_positions ? plan.sequence_length * h : 0,
    output: last && !(plan.tied_embeddings && first) ? words : 0
  }
}

/** @param {Training & { stage: number }} run */
export function stageMemory({ stage, ...run }) {
  const plan = possible(run)
  checkStage(plan, stage)
  return memoryOf(plan, stage)
}

/** @param {Plan} plan @param {number} stage */
function memoryOf(plan, stage) {
  const { layer, context } = plan
  const held = { ...plan, stage, micro_batches: plan.batch_size / (plan.micro_batch_size * plan.data) }
  const ofLayers = activationBytes({ ...held, ffn_hidden: layer.ffn, experts: layer.experts })
  const outer = outerActivationBytes(held)
  const states = modelStateParts({
    ...plan, parameters: total(parametersOf(plan, stage)), data: plan.data * context
  })
  return { ...states, activations: ofLayers / context, outer_activations: outer / context }
}

/** @param {Training} run */
export const heaviestStage = run => heaviestOf(possible(run)).stage

/** @param {Plan} plan */
function heaviestOf(plan) {
  const first = { stage: 1, size: total(memoryOf(plan, 1)) }
  if (plan.pipeline === 1) return first
  const last = { stage: plan.pipeline, size: total(memoryOf(plan, plan.pipeline)) }
  return last.size > first.size ? last : first
}

/** @param {Training} run */
export const layoutTraffic = run => trafficOf(possible(run))

/** @param {Plan} plan */
function trafficOf(plan) {
  const { tensor: t, pipeline: p, context: c, data: d } = plan
  const share = { ...plan, sequence_length: plan.sequence_length / c }
  const sent = {
    tensor: tensorCommunicationBytes(share),
    pipeline: pipelineCommunicationBytes(share),
    data: dataCommunicationBytes({
      parameters: total(parametersOf(plan, 1)), data: d * c, zero_stage: plan.zero_stage,
      micro_batches: plan.batch_size / (plan.micro_batch_size * d)
    })
  }
  const spans = { tensor: t, pipeline: t * c * d * p, data: t * c * d }
  /** @type {Record<'within_node' | 'between_nodes', Record<string, number>>} */
  const links = { within_node: {}, between_nodes: {} }
  for (const kind of /** @type {const} */ (['tensor', 'pipeline', 'data'])) {
    links[plan.gpus_per_node % spans[kind] ? 'between_nodes' : 'within_node'][kind] = sent[kind]
  }
  return links
}

/** @param {Training} run why the layout is not possible, a rule each */
export const brokenRules = run => [...faultsOf(planOf(run))]

/** @param {Training} run why the layout is not possible, a sentence a rule */
export const layoutFaults = run => brokenRules(run).map(fault => fault.message)

/** What a search tries: enough for any run, and few enough divisors. @type {['layers' | 'heads' | 'batch_size' | 'gpus', number][]} */
const SEARCHED = [['layers', 1e4], ['heads', 1e4], ['batch_size', 1e7], ['gpus', 1e7]]

/** @param {number} number */
function divisors(number) {
  const small = []
  for (let n = 1; n * n <= number; n++) if (number % n === 0) small.push(n)
  const large = small.map(n => number / n).filter(n => n * n !== number)
  return [...small, ...large.reverse()]
}

/**
 * Yields every possible layout of the same run, or those of the same micro-batch.
 * @param {Plan} plan @param {boolean} [microBatches]
 */
function* allPossible(plan, microBatches = true) {
  for (const [name, most] of SEARCHED) {
    check(`at most ${most} for a search of layouts`, value => value <= most, { [name]: plan[name] })
  }
  for (const tensor of divisors(plan.heads)) {
    for (const pipeline of divisors(plan.layers)) {
      const each = tensor * pipeline * plan.context
      if (plan.gpus % each) continue
      const data = plan.gpus / each
      if (plan.batch_size % data) continue
      const micro = microBatches ? divisors(plan.batch_size / data) : [plan.micro_batch_size]
      for (const micro_batch_size of micro) {
        for (const virtual_stages of pipeline > 1 ? divisors(plan.layers / pipeline) : [1]) {
          const other = { ...plan, tensor, pipeline, data, virtual_stages, micro_batch_size }
          if (faultsOf(other).next().done) yield other
        }
      }
    }
  }
}

/** @param {Plan} plan */
const fiveOf = plan => [
  plan.tensor, plan.pipeline,
  plan.data || Math.max(1, Math.floor(plan.gpus / (plan.tensor * plan.pipeline * plan.context))),
  plan.virtual_stages, plan.micro_batch_size
]

/** @param {Plan} plan @returns {Layout} */
const layoutOf = ({ tensor, pipeline, data, virtual_stages, micro_batch_size }) =>
  ({ tensor, pipeline, data, virtual_stages, micro_batch_size })

/** @param {number[]} one @param {number[]} two */
function compare(one, two) {
  const place = one.findIndex((value, index) => value !== two[index])
  return place < 0 ? 0 : one[place] - two[place]
}

/** @param {Training & { count?: number }} run */
export function nearestLayouts({ count = 3, ...run }) {
  const plan = planOf(run)
  checkCounts({ count })
  const asked = fiveOf(plan)
  const found = [...allPossible(plan)].map(other => {
    const five = fiveOf(other)
    const above = five.reduce((product, n, index) => product * Math.max(n, asked[index]), 1)
    const below = five.reduce((product, n, index) => product * Math.min(n, asked[index]), 1)
    return { key: [above / below, ...five], layout: layoutOf(other) }
  })
  return found.sort((one, two) => compare(one.key, two.key)).slice(0, count)
    .map(({ layout }) => layout)
}

/** @param {Plan} plan */
function idleOf(plan) {
  const ratio = pipelineBubble(plan)
  return ratio / (1 + ratio)
}

/**
 * @param {Training & { memory: number, count?: number, seconds?: number | null, within_gb_s?: number | null, between_gb_s?: number | null }} run
 * @returns {RankedLayout[]}
 */
export function rankLayouts({
  memory, count = 10, seconds = null, within_gb_s = null, between_gb_s = null, ...run
}) {
  const plan = planOf(run)
  checkCounts({ count })
  checkAmounts({ memory })
  const rates = { seconds, within_gb_s, between_gb_s }
  const timed = Object.values(rates).some(rate => rate !== null)
  if (timed) checkAmounts(rates)
  const found = []
  for (const other of allPossible(plan, false)) {
    const { stage, size } = heaviestOf(other)
    if (size > memory) continue
    const sent = trafficOf(other)
    const [within, between] = [total(sent.within_node), total(sent.between_nodes)]
    const idle = idleOf(other)
    const order = timed
      ? [idle * Number(seconds) + within / Number(within_gb_s) / 1e9 +
        between / Number(between_gb_s) / 1e9]
      : [Number(plan.gpus_per_node % other.tensor !== 0), idle, between]
    found.push({
      key: [...order, size, ...fiveOf(other)],
      row: { ...layoutOf(other), stage, memory: size, idle, within_node: within, between_nodes: between }
    })
  }
  return found.sort((one, two) => compare(one.key, two.key)).slice(0, count).map(({ row }) => row)
}
