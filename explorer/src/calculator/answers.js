// What the page says of a state: numbers, and for each the call of citehub.arithmetic that gives it.

import {
  activationBytes, flopsPerIteration, hfu, iterationSeconds, mfu, modelStateParts,
  parameterCount, parameterParts, pipelineBubble, tflopsPerGpu, trainingCost, trainingDays, trainingEnergy
} from './arithmetic.js'
import { total } from './checks.js'
import {
  brokenRules, heaviestStage, layoutTraffic, nearestLayouts, rankLayouts, stageMemory,
  stageParameters
} from './layouts.js'
import { gigabytes, large, operations, percent, short } from './numbers.js'
import { isUneven, said } from './words.js'

/** @import { State } from './fields.js' */
/** @import { Layout, RankedLayout } from './layouts.js' */

/**
 * A number of the page: what it is, and the call that gives it.
 * @typedef {object} Row
 * @property {string} label
 * @property {string} text
 * @property {boolean} failed
 * @property {string} [call] the function of citehub.arithmetic
 * @property {Record<string, unknown>} [values] its arguments
 * @property {unknown} [result]
 * @property {[string, string, string][]} [parts] name, number, share
 * @property {string} [note]
 */

/** @typedef {'fits' | 'no' | 'impossible' | 'uneven' | 'unknown'} Verdict */

/**
 * @typedef {object} Answers
 * @property {Verdict} verdict
 * @property {string[]} short sentences: memory, time, money
 * @property {{ title: string, rows: Row[] }[]} groups
 * @property {string[]} faults
 * @property {Layout[]} nearest
 * @property {RankedLayout[] | null} ranked
 * @property {string | null} rankError
 * @property {Comparison[]} counts
 * @property {number | null} seconds of a step, given or computed
 * @property {number | null} utilization MFU, given or computed
 */

/** How the same time is counted by others. @typedef {{ label: string, share: number }} Comparison */

const MODEL = [
  'layers', 'hidden_size', 'sequence_length', 'vocab_size', 'heads', 'kv_heads', 'head_size',
  'ffn_hidden', 'gated', 'experts', 'experts_active'
]
const COUNTED = [...MODEL, 'causal']
const PLAIN = ['tied_embeddings', 'learned_positions', 'biases']
const LAYOUT = [
  'batch_size', 'gpus', 'tensor', 'pipeline', 'context', 'data', 'virtual_stages',
  'micro_batch_size', 'zero_stage', 'bytes_per_parameter', 'recomputation', 'sequence_parallel',
  'flash_attention', 'scatter_gather', 'gpus_per_node'
]

/** @type {Record<string, string>} */
export const NAMES = {
  attention: 'attention', mlp: 'FFN', biases: 'biases', layernorms: 'layernorms',
  word_embeddings: 'word embeddings', position_embeddings: 'position embeddings',
  output: 'output layer', weights: 'weights', gradients: 'gradients', optimizer: 'optimizer',
  activations: 'activations of the layers', outer_activations: 'embeddings and logits',
  tensor: 'tensor parallelism', pipeline: 'pipeline', data: 'data parallelism'
}

/** @param {State} state @param {string[]} names @returns {any} */
const pick = (state, names) => Object.fromEntries(names
  .filter(name => state[name] !== null && state[name] !== undefined)
  .map(name => [name, state[name]]))

/**
 * Returns what a function gives, or why it gives nothing.
 * @template T
 * @param {() => T} compute
 * @returns {{ value: T, error: null } | { value: null, error: string }}
 */
function attempt(compute) {
  try {
    return { value: compute(), error: null }
  } catch (error) {
    return { value: null, error: said(error) }
  }
}

/**
 * @param {string} label @param {string} call @param {any} values @param {() => any} compute
 * @param {(value: any) => string} write
 * @param {Partial<Row>} [more]
 * @returns {Row}
 */
function row(label, call, values, compute, write, more = {}) {
  const { value, error } = attempt(compute)
  if (error !== null) return { label, text: error, failed: true }
  return { label, text: write(value), failed: false, call, values, result: value, ...more }
}

/** @param {Record<string, number>} parts @param {(value: number) => string} write @returns {[string, string, string][]} */
const table = (parts, write) => Object.entries(parts).filter(([, value]) => value)
  .map(([name, value]) => [NAMES[name], write(value), percent(value / total(parts))])

/** @param {State} state @returns {Answers} */
export function answersOf(state) {
  const model = pick(state, [...MODEL, ...PLAIN])
  const run = { ...pick(state, [...COUNTED, ...PLAIN, ...LAYOUT]) }
  const rules = attempt(() => brokenRules(run))
  const broken = (rules.value ?? []).sort((one, two) => Number(isUneven(one)) - Number(isUneven(two)))
  const faults = rules.error ? [rules.error] : broken.map(said)
  const memory = memoryOf(state, run)
  const uneven = !rules.error && broken.every(isUneven)
  const time = timeOf(state, faults.length && !uneven
    ? 'Not computed: this layout is not possible.' : null)
  const nearest = faults.length && !rules.error ? attempt(() => nearestLayouts(run)).value ?? [] : []
  const links = {
    seconds: time.seconds, within_gb_s: Number(state.link_gb_s) / 2,
    between_gb_s: Number(state.network_gb_s)
  }
  const ranked = attempt(() => rankLayouts({
    ...run, data: null, memory: 1e9 * Number(state.memory_gb), count: 1e6,
    ...Object.values(links).every(value => Number(value) > 0) ? links : {}
  }))
  /** @type {Verdict} */
  let verdict = memory.verdict
  if (faults.length) verdict = uneven ? 'uneven' : 'impossible'
  const told = faults.length > 1 ? ` ${faults.length - 1} more under Layouts.` : ''
  const first = !faults.length ? memory.sentence
    : `${uneven ? '' : 'Not possible: '}${faults[0]}${told}`
  const sentences = [first, ...time.sentences]
  if (time.tooFast && verdict !== 'impossible') {
    verdict = 'impossible'
    sentences.unshift(/** @type {string} */ (sentences.pop()))
  }
  const active = Number(state.experts) > 1
    ? { ...model, experts: state.experts_active ?? 1 } : null
  return {
    verdict,
    short: sentences,
    groups: [
      {
        title: 'Parameters',
        rows: [
          partsRow('In all', 'parameter_parts', model, () => parameterParts(model), large),
          ...active ? [row('Active per token', 'parameter_count', active,
            () => parameterCount(active), large)] : [],
          ...memory.parameters
        ]
      },
      { title: 'Memory of a GPU', rows: memory.rows },
      { title: 'Operations and time', rows: time.rows },
      { title: 'What a GPU sends in a step', rows: trafficOf(state, run) },
      { title: 'The whole training', rows: time.whole }
    ],
    faults,
    nearest,
    ranked: ranked.value,
    rankError: ranked.error,
    counts: time.counts,
    seconds: time.seconds,
    utilization: time.utilization
  }
}

/**
 * @param {string} label @param {string} call @param {any} values
 * @param {() => Record<string, number>} compute @param {(value: number) => string} write
 * @param {string} [note]
 */
function partsRow(label, call, values, compute, write, note) {
  const made = row(label, call, values, compute, parts => write(total(parts)), { note })
  if (!made.failed) made.parts = table(/** @type {Record<string, number>} */ (made.result), write)
  return made
}

/** @param {State} state @param {any} run */
function memoryOf(state, run) {
  const capacity = 1e9 * Number(state.memory_gb)
  const found = attempt(() => heaviestStage(run))
  const stage = found.value ?? 1
  const where = `stage ${stage} of ${state.pipeline}`
  const parameters = [partsRow(`On a GPU of ${where}`, 'stage_parameters', { ...run, stage },
    () => stageParameters({ ...run, stage }), large)]
  if (found.error) return memoryWithout(run, parameters, found.error, capacity)
  const rows = [partsRow(`On ${where}, which needs most`, 'stage_memory', { ...run, stage },
    () => stageMemory({ ...run, stage }), gigabytes, notCounted(state))]
  const size = total(stageMemory({ ...run, stage }))
  const again = recomputedBytes(state)
  if (again) {
    rows.push({
      label: 'More, while one layer is recomputed', text: gigabytes(again), failed: false,
      note: 'What a layer keeps without recomputation, less what it keeps in any case: derived from Table 2 of Korthikanti et al. 2022.'
    })
  }
  for (const bytes of [16, 18, 20]) {
    if (!capacity || bytes === state.bytes_per_parameter) continue
    const other = { ...run, stage, bytes_per_parameter: bytes }
    rows.push(row(`The same at ${bytes} bytes per parameter`, 'stage_memory', other,
      () => stageMemory(other), parts => `${gigabytes(total(parts))}, ${fit(total(parts) + again, capacity)}`))
  }
  if (!capacity) {
    return {
      parameters, rows, verdict: /** @type {'fits' | 'no' | 'unknown'} */ ('unknown'),
      sentence: `${gigabytes(size)} on ${where}, which needs most. The memory of a GPU is not given.`
    }
  }
  const spare = capacity - size - again
  const fits = spare >= 0
  return {
    parameters,
    rows,
    verdict: /** @type {'fits' | 'no' | 'unknown'} */ (fits ? 'fits' : 'no'),
    sentence: `${fits ? `Fits, ${gigabytes(spare)} to spare` : `Does not fit, ${gigabytes(-spare)} too much`}: ` +
      `${gigabytes(size)} of ${state.memory_gb} GB on ${where}, which needs most` +
      `${again ? `, + ${gigabytes(again)} while one layer is recomputed` : ''}.`
  }
}

/** @param {number} size @param {number} capacity */
const fit = (size, capacity) => size <= capacity ? 'fits' : 'does not fit'

/**
 * What can be said where no formula counts the activations.
 * @param {any} run @param {Row[]} parameters @param {string} error @param {number} capacity
 */
function memoryWithout(run, parameters, error, capacity) {
  const states = attempt(() => {
    const { tensor = 1, pipeline = 1, gpus } = run
    const stage = stageParameters({ ...run, stage: 1 })
    return modelStateParts({
      parameters: total(stage), data: gpus / (tensor * pipeline),
      zero_stage: run.zero_stage, bytes_per_parameter: run.bytes_per_parameter
    })
  })
  const none = { label: 'Activations', text: error, failed: true }
  if (states.error !== null) {
    return {
      parameters, rows: [{ label: 'Memory', text: error, failed: true }],
      verdict: /** @type {'fits' | 'no' | 'unknown'} */ ('unknown'), sentence: error
    }
  }
  const size = total(states.value)
  const over = capacity > 0 && size > capacity
  return {
    parameters,
    rows: [
      { label: 'Weights, gradients, optimizer', text: gigabytes(size), failed: false,
        parts: table(states.value, gigabytes) },
      none
    ],
    verdict: /** @type {'fits' | 'no' | 'unknown'} */ (over ? 'no' : 'unknown'),
    sentence: `${over ? 'Does not fit' : 'Whether it fits is not known'}: ${gigabytes(size)} ` +
      `without activations. ${error}`
  }
}

/**
 * Returns what a GPU holds of the one layer that is being recomputed, beside what it keeps.
 * @param {State} state
 */
function recomputedBytes(state) {
  if (state.recomputation === 'none' || Number(state.experts) > 1) return 0
  const layer = {
    ...pick(state, ['hidden_size', 'heads', 'sequence_length', 'micro_batch_size', 'tensor',
      'sequence_parallel', 'ffn_hidden', 'flash_attention']), layers: 1
  }
  const [whole, kept] = ['none', state.recomputation].map(recomputation =>
    attempt(() => activationBytes({ ...layer, recomputation: /** @type {any} */ (recomputation) })).value ?? 0)
  return (whole - kept) / Number(state.context ?? 1)
}

/** @param {State} state */
function notCounted(state) {
  const notes = ['Not counted: buffers, what the allocator wastes and the driver takes.']
  if (state.gated && state.recomputation !== 'full') {
    notes.push('The formula counts a gated FFN as one without a gate: it stores more.')
  }
  if (Number(state.context) > 1) notes.push('Context parallelism divides activations by its size.')
  return notes.join(' ')
}

/**
 * Says that no hardware is so fast, or null: by the least that it must compute.
 * @param {any} timed @param {unknown} recomputation
 */
function tooFastFor(timed, recomputation) {
  const least = recomputation === 'full' ? 'full' : 'none'
  const share = attempt(() => hfu({ ...timed, causal: true, recomputation: least })).value ?? 0
  return share <= 1 ? null : `Faster than the hardware: ${short(timed.seconds, 4)} s would be ` +
    `${short(100 * share, 3)} % of the peak. The shortest possible step is ${short(timed.seconds * share, 2)} s.`
}

/** @param {State} state @param {string | null} impossible */
function timeOf(state, impossible) {
  const shape = pick(state, [...COUNTED, 'batch_size'])
  const recomputation = state.recomputation
  /** @type {Row[]} */
  const rows = [
    row('Operations of the model, a step', 'flops_per_iteration',
      { ...shape, recomputation: 'none' },
      () => flopsPerIteration({ ...shape, recomputation: 'none' }), operations),
    row('With what is recomputed', 'flops_per_iteration', { ...shape, recomputation },
      () => flopsPerIteration({ ...shape, recomputation }), operations)
  ]
  const cluster = pick(state, ['gpus', 'peak_tflops'])
  const asked = { ...shape, ...cluster, utilization: Number(state.utilization_percent) / 100 }
  const byTime = state.time === 'seconds'
  const given = byTime
    ? attempt(() => Number(state.seconds) > 0 ? Number(state.seconds)
      : raise('The time of a step is not given: set it, or the utilisation.'))
    : attempt(() => state.utilization_percent === null
      ? raise('The utilisation is not given: set it, or the time of a step.')
      : iterationSeconds(asked))
  if (!byTime && given.value !== null) {
    rows.push(row('Time of a step', 'iteration_seconds', asked, () => iterationSeconds(asked),
      seconds => `${short(seconds, 4)} s`))
  }
  if (given.value === null) rows.push({ label: 'Time of a step', text: given.error, failed: true })
  let seconds = given.value
  const timed = { ...shape, ...cluster, seconds }
  const plain = { ...shape, ...pick(state, ['gpus']), seconds, recomputation: 'none' }
  /** @type {Comparison[]} */
  const counts = []
  const tooFast = seconds === null ? null : tooFastFor(timed, recomputation)
  if (tooFast) {
    rows.push({ label: 'Time of a step', text: tooFast, failed: true })
    seconds = null
  }
  const utilization = seconds === null ? null : attempt(() => mfu({ ...timed, seconds: Number(seconds) })).value
  if (seconds !== null) {
    const speed = { ...plain, recomputation }
    rows.push(
      row('Model FLOPs utilisation (MFU)', 'mfu', timed, () => mfu(timed), percent),
      row('Hardware FLOPs utilisation (HFU)', 'hfu', { ...timed, recomputation },
        () => hfu({ ...timed, recomputation }), percent),
      row('Throughput of a GPU, the model alone', 'tflops_per_gpu', plain,
        () => tflopsPerGpu(plain), value => `${short(value, 4)} TFLOP/s`),
      row('Throughput of a GPU, with what is recomputed', 'tflops_per_gpu', speed,
        () => tflopsPerGpu(speed), value => `${short(value, 4)} TFLOP/s`))
    for (const [label, causal] of /** @type {[string, boolean][]} */ (
      [['attention in full', false], ['attention by half', true]])) {
      const share = attempt(() => mfu({ ...timed, causal })).value
      if (share !== null) counts.push({ label, share })
    }
    const parameters = attempt(() => total(parameterParts(pick(state, [...MODEL, ...PLAIN])))).value
    if (parameters !== null && !(Number(state.experts) > 1)) {
      counts.push({
        label: '6 N a token, no attention',
        share: 6 * parameters * Number(state.batch_size) * Number(state.sequence_length) /
          (seconds * Number(state.gpus) * Number(state.peak_tflops) * 1e12)
      })
    }
  }
  const split = pick(state, ['pipeline', 'batch_size', 'micro_batch_size', 'virtual_stages'])
  const each = Number(state.tensor) * Number(state.pipeline) * Number(state.context ?? 1)
  const bubble = { ...split, data: state.data ?? Number(state.gpus) / each }
  rows.push(row('The pipeline stands idle', 'pipeline_bubble', bubble, () => pipelineBubble(bubble),
    ratio => `${percent(ratio / (1 + ratio))} of the time`))
  return {
    rows, counts, seconds, utilization, tooFast: tooFast !== null,
    ...impossible ? { whole: [{ label: 'Days', text: impossible, failed: true }], sentences: [] }
      : wholeOf(state, seconds, tooFast ?? given.error)
  }
}

/** @param {string} message @returns {never} */
function raise(message) {
  throw new Error(message)
}

/** @param {State} state @param {number | null} seconds @param {string | null} why */
function wholeOf(state, seconds, why) {
  if (seconds === null) {
    return { whole: [{ label: 'Days', text: `${why}`, failed: true }], sentences: [`${why}`] }
  }
  const step = `${short(seconds, 4)} s a step`
  if (state.tokens_billion === null) {
    const text = 'Tokens are not stated: set them'
    return {
      whole: [{ label: 'Days', text: `${text}.`, failed: true }],
      sentences: [`${step}. ${text} for days and cost.`]
    }
  }
  const shape = pick(state, COUNTED)
  const speed = attempt(() => tflopsPerGpu({
    ...shape, ...pick(state, ['batch_size', 'gpus', 'recomputation']), seconds
  }))
  const long = {
    ...shape, ...pick(state, ['gpus', 'recomputation']),
    tokens: 1e9 * Number(state.tokens_billion), tflops_per_gpu: speed.value
  }
  const days = row('Time', 'training_days', long, () => trainingDays(long),
    value => `${short(value, 3)} days`)
  if (days.failed) return { whole: [days], sentences: [days.text] }
  const gpu_hours = Number(days.result) * 24 * Number(state.gpus)
  const whole = [days, { label: 'GPU hours', text: large(gpu_hours), failed: false }]
  const words = [
    `${step}; ${large(1e9 * Number(state.tokens_billion))} tokens take ` +
    `${days.text}, ${large(gpu_hours)} GPU hours`
  ]
  const use = { gpu_hours, watts: state.watts, overhead: state.overhead }
  const energy = state.watts === null
    ? { label: 'Energy', text: 'The power of a GPU is not given.', failed: true }
    : row('GPUs alone, at full power', 'training_energy', use,
      () => trainingEnergy(/** @type {any} */ (use)), value => `${short(value / 1000, 4)} MWh`,
      { note: `Servers${Number(state.overhead) > 1 ? ' and network' : ', network and cooling'} are not counted.` })
  if (!energy.failed) words.push(`${energy.text} for GPUs alone at full power`)
  const bill = {
    gpu_hours, price_per_gpu_hour: state.price_per_gpu_hour ?? 0,
    ...(state.price_per_kilowatt_hour && !energy.failed ? {
      kilowatt_hours: /** @type {Row} */ (energy).result,
      price_per_kilowatt_hour: state.price_per_kilowatt_hour
    } : {})
  }
  const cost = state.price_per_gpu_hour === null && state.price_per_kilowatt_hour === null
    ? { label: 'Cost', text: 'Cost is not known: no price is given.', failed: true }
    : row('Cost', 'training_cost', bill, () => trainingCost(/** @type {any} */ (bill)),
      value => `${large(value)} in your currency`)
  const sentences = [`${words.join(', ')}.`]
  sentences.push(cost.failed ? cost.text : `It costs ${cost.text}.`)
  return { whole: [...whole, energy, cost], sentences }
}

/** What is in a row of traffic. @type {Record<string, string>} */
const COUNTED_TRAFFIC = {
  tensor: 'One direction, without the recomputed forward pass, which adds half.',
  pipeline: 'Both directions: activations forward, gradients back.',
  data0: 'One direction: gradients are summed.', data1: 'One direction: gradients, then weights.',
  data2: 'One direction: gradients of each micro-batch, then weights.',
  data3: 'One direction: weights twice and gradients once, for each micro-batch.'
}

/** @param {State} state @param {any} run @returns {Row[]} */
function trafficOf(state, run) {
  const found = attempt(() => layoutTraffic(run))
  if (found.error !== null) return [{ label: 'Traffic', text: found.error, failed: true }]
  const rates = {
    within_node: ['within a node', Number(state.link_gb_s) / 2],
    between_nodes: ['between nodes', Number(state.network_gb_s)]
  }
  const rows = Object.entries(found.value).flatMap(([link, sent]) =>
    Object.entries(sent).filter(([, size]) => size).map(([kind, size]) => {
      const [place, rate] = /** @type {[string, number]} */ (rates[/** @type {'within_node'} */ (link)])
      const time = rate > 0 ? `, ${short(size / 1e9 / rate, 2)} s at ${short(rate, 3)} GB/s` : ''
      const note = state.recomputation === 'full' || kind !== 'tensor' ? COUNTED_TRAFFIC[kind] : undefined
      return {
        note: kind === 'data' ? COUNTED_TRAFFIC[`data${state.zero_stage}`] : note,
        label: `${NAMES[kind][0].toUpperCase()}${NAMES[kind].slice(1)}, ${place}`,
        text: `${gigabytes(size)}${time}`, failed: false, call: 'layout_traffic', values: run,
        result: found.value
      }
    }))
  if (Number(state.context) > 1) {
    rows.push(/** @type {any} */ (
      { label: 'Context parallelism', text: 'No published formula here.', failed: true }))
  }
  return rows.length ? rows : [{ label: 'Traffic', text: 'One GPU sends nothing.', failed: false }]
}
