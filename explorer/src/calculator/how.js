// How each number comes about: its formula in the symbols of the sheet, where it stands, and the
// Python that gives it.

import { repr } from './checks.js'

/** @typedef {Record<string, any>} Values */
/** @typedef {{ formula: string | ((values: Values) => string), source: string | ((values: Values) => string), sheet: string }} How */

/** Whether the formulas of GPT hold as printed. @param {Values} run */
const isGpt = ({ heads, kv_heads = heads, head_size, hidden_size: h, ffn_hidden, gated, experts, experts_active, causal }) =>
  kv_heads === heads && (head_size ?? h / heads) === h / heads && (ffn_hidden ?? 4 * h) === 4 * h &&
  !gated && !causal && (experts ?? experts_active ?? 1) === 1

/** @param {Values} run @param {string} symbol the number of experts */
function layerOf({ heads, kv_heads = heads, gated, experts, experts_active }, symbol) {
  const many = (experts ?? experts_active ?? 1) > 1
  return `2 h w (a + ${kv_heads === heads ? 'a' : 'k'}) + ${many ? `${symbol} · ` : ''}${gated ? 3 : 2} h f`
}

/** @param {Values} run */
function parametersOf(run) {
  const { tied_embeddings: tied = true, learned_positions: learned = true, biases = true } = run
  if (isGpt(run) && tied && learned && biases) return '12 l h² + 13 l h + (V + s) h'
  return `l (${layerOf(run, 'e')} + ${biases ? '4 h + biases' : '2 h'}) + ${tied ? '' : '2 '}V h${learned ? ' + s h' : ''}`
}

/** @param {Values} run */
function operationsOf(run) {
  const how = /** @type {'full' | 'selective' | 'none'} */ (run.recomputation ?? 'full')
  if (isGpt(run)) {
    return `F = ${{
      full: '96 B s l h² (1 + s/(6 h) + V/(16 l h))', none: '72 B s l h² (1 + s/(6 h) + V/(12 l h))',
      selective: '72 B s l h² (1 + s/(3 h) + V/(12 l h))'
    }[how]}`
  }
  const [ofWeight, ofProduct] = { full: [8, 8], selective: [6, 12], none: [6, 6] }[how]
  return `F = B s (l (${ofWeight} (${layerOf(run, 'E')}) + ${ofProduct} · ${run.causal ? '' : '2 '}s a w) + 6 h V)`
}

/** @param {Values} run */
function memoryOf(run) {
  const { recomputation = 'full', flash_attention: flash, sequence_parallel: parallel } = run
  const { zero_stage: zero = 0, bytes_per_parameter: bytes = 16 } = run
  const states = [[2, 3], [bytes - 14, 2], [12, 1]].map(([size, from]) =>
    `${size} Ψ${zero >= from ? '/(d c)' : ''}`).join(' + ')
  let layer = '2 s b h'
  if (recomputation !== 'full') {
    layer = parallel ? 's b (18 h + 4 f)/t' : 's b (10 h + (8 h + 4 f)/t)'
    if (recomputation === 'none' && !flash) layer += ' + 5 a s² b/t'
  }
  return `${states} for weights, gradients and optimizer; ${layer}${run.context > 1 ? ', over c,' : ''} ` +
    'a layer, for as many micro-batches as the stage holds; embeddings and logits'
}

const ML21 = 'Narayanan et al. 2021'
const K22 = 'Korthikanti et al. 2022'
/** @param {Values} run */
const parametersBy = run => parametersOf(run).startsWith('12') ? `${ML21}, equation 2` : 'Megatron-LM'

/** Anchors lead into the sheet of formulas. @type {Record<string, How>} */
export const HOW = {
  parameter_parts: { formula: parametersOf, source: parametersBy, sheet: 'parameters' },
  parameter_count: { formula: parametersOf, source: parametersBy, sheet: 'parameters' },
  stage_parameters: {
    formula: 'matrices, word embeddings and output over t; layernorms, position embeddings and biases behind a sum whole; the last stage has a copy of the tied embeddings',
    source: 'Megatron-LM, language_model_embedding.py', sheet: 'parameters'
  },
  stage_memory: {
    formula: memoryOf,
    source: `Rajbhandari et al. 2020, section 5; ${K22}, Table 2, equation 5 and section 4.3`, sheet: 'memory'
  },
  flops_per_iteration: {
    formula: operationsOf,
    source: run => !isGpt(run) ? 'Megatron-LM, num_floating_point_operations'
      : run.recomputation === 'full' ? `${ML21}, equation 3`
        : `${K22}, equation ${run.recomputation === 'none' ? 7 : 8}`,
    sheet: 'operations'
  },
  iteration_seconds: {
    formula: 'τ = F / (10¹² n u π), F without recomputation', source: `${K22}, equation 7`, sheet: 'time'
  },
  mfu: { formula: 'F / (10¹² n τ π), F without recomputation', source: `${K22}, equation 7`, sheet: 'time' },
  hfu: {
    formula: 'F / (10¹² n τ π)', source: `${K22}, equation 8; ${ML21}, equation 3`, sheet: 'time'
  },
  tflops_per_gpu: { formula: 'X = F / (10¹² n τ)', source: `${ML21}, equation 3`, sheet: 'time' },
  pipeline_bubble: {
    formula: 'r = (p - 1)/(v m), m = B/(b d); of the whole time r/(1 + r)',
    source: `${ML21}, section 2.2`, sheet: 'time'
  },
  layout_traffic: {
    formula: ({ zero_stage: zero = 0 }) => 'tensor: 8 b s h (t - 1)/t a layer and micro-batch; ' +
      'pipeline: b s h a direction and micro-batch; ' +
      `data: ${['2', '2', '(m + 1)', '3 m'][zero]} Ψ (d - 1)/d; elements of 2 bytes`,
    source: `${ML21}, sections 3.2, 3.3 and 4.1; Rajbhandari et al. 2020, section 7`, sheet: 'traffic'
  },
  training_days: {
    formula: 'F T / (86,400 · 10¹² B s n X)', source: `${ML21}, Table 2`, sheet: 'time'
  },
  training_energy: {
    formula: 'GPU hours × watts × power usage effectiveness / 1000',
    source: 'Patterson et al. 2021', sheet: 'energy-and-money'
  },
  training_cost: {
    formula: 'GPU hours × price + kilowatt hours × price', source: 'no paper', sheet: 'energy-and-money'
  }
}

const WIDTH = 56

/**
 * Writes a call of a function of citehub.arithmetic, whole, to run as it stands.
 * @param {string} name @param {Record<string, unknown>} values
 */
export function python(name, values) {
  const words = Object.entries(values).filter(([, value]) => value !== undefined && value !== null)
    .map(([word, value]) => `${word}=${repr(value)},`)
  const lines = ['   ']
  for (const word of words) {
    const last = lines[lines.length - 1]
    if (last.length + word.length + 1 > WIDTH) lines.push(`    ${word}`)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return `from citehub.arithmetic import ${name}\n\n${name}(\n${lines.join('\n')}\n)`
}
