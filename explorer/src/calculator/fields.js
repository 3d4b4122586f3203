// What a reader can set: names as the keywords of citehub.arithmetic, labels, units.

import { commas } from './numbers.js'

/**
 * @typedef {'whole' | 'number' | 'switch' | 'choice'} Kind
 * @typedef {object} Field
 * @property {string} name
 * @property {string} label
 * @property {Kind} kind
 * @property {string} [unit]
 * @property {boolean} [optional] may be left empty
 * @property {number} [min] the least; without it, above 0
 * @property {number} [max] the most
 * @property {Value} [usual] what it is without a reason; a closed section opens for another
 * @property {string} [help] what it means when it is empty, or what it is
 * @property {[string | number, string][]} [choices]
 */

/** @typedef {string | number | boolean | null} Value */
/** @typedef {Record<string, Value>} State */

/** @type {(name: string, label: string, more?: Partial<Field>) => Field} */
const whole = (name, label, more = {}) => ({ name, label, kind: 'whole', min: 1, max: 1e7, ...more })
/** @type {(name: string, label: string, unit: string, more?: Partial<Field>) => Field} */
const number = (name, label, unit, more = {}) => ({ name, label, unit, kind: 'number', max: 1e6, ...more })
/** @type {(name: string, label: string, more?: Partial<Field>) => Field} */
const onOff = (name, label, more = {}) => ({ name, label, kind: 'switch', ...more })
/** @type {(name: string, label: string, choices: [string | number, string][], more?: Partial<Field>) => Field} */
const choice = (name, label, choices, more = {}) => ({ name, label, choices, kind: 'choice', ...more })

/** @type {{ title: string, fields: Field[], more?: { title: string, fields: Field[] } }[]} */
export const GROUPS = [
  {
    title: 'Model',
    fields: [
      whole('layers', 'Layers', { max: 1e4 }),
      whole('hidden_size', 'Hidden size', { max: 1e6 }),
      whole('heads', 'Attention heads', { max: 1e4 }),
      whole('sequence_length', 'Sequence', { unit: 'tokens' }),
      whole('vocab_size', 'Vocabulary, padded', { unit: 'tokens' })
    ],
    more: {
      title: 'KV heads, head size, FFN, experts, tied embeddings, positions, biases',
      fields: [
        whole('kv_heads', 'KV heads', { optional: true, usual: null, max: 1e4, help: 'Empty: as many as heads.' }),
        whole('head_size', 'Head size', { optional: true, usual: null, max: 1e5, help: 'Empty: hidden size over heads.' }),
        whole('ffn_hidden', 'FFN hidden size', { optional: true, usual: null, help: 'Of one expert. Empty: 4 times the hidden size.' }),
        onOff('gated', 'Gated FFN (SwiGLU, GeGLU)', { usual: false }),
        whole('experts', 'Experts per layer', { optional: true, usual: null, max: 1e5, help: 'Empty: 1.' }),
        whole('experts_active', 'Experts per token', { optional: true, usual: null, max: 1e5, help: 'Empty: 1.' }),
        onOff('tied_embeddings', 'Output layer shares the embeddings', { usual: true }),
        onOff('learned_positions', 'Learned positions', { usual: true, help: 'Not so with rotary positions or ALiBi.' }),
        onOff('biases', 'Biases', { usual: true }),
        onOff('causal', 'Count causal attention by half', { usual: false, help: 'The papers count it in full, NVIDIA by half since 2025.' })
      ]
    }
  },
  {
    title: 'Cluster',
    fields: [
      choice('card', 'Card', []),
      whole('gpus', 'GPUs'),
      number('memory_gb', 'Memory of a GPU', 'GB', { optional: true }),
      number('peak_tflops', 'Peak of a GPU', 'TFLOP/s'),
      whole('gpus_per_node', 'GPUs in a node')
    ],
    more: {
      title: 'Links and power',
      fields: [
        number('link_gb_s', 'Link within a node, both directions', 'GB/s', { optional: true }),
        number('network_gb_s', 'Network of a GPU, one direction', 'GB/s', { optional: true }),
        number('watts', 'Power of a GPU', 'W', { optional: true })
      ]
    }
  },
  {
    title: 'Layout',
    fields: [
      whole('tensor', 'Tensor parallel', { max: 1e5 }),
      whole('pipeline', 'Pipeline stages', { max: 1e4 }),
      whole('batch_size', 'Global batch', { unit: 'sequences', max: 1e6 }),
      whole('micro_batch_size', 'Micro-batch', { unit: 'sequences' }),
      choice('zero_stage', 'ZeRO', [
        [0, 'none'], [1, '1: optimizer'], [2, '2: gradients too'], [3, '3: weights too (FSDP)']
      ]),
      choice('recomputation', 'Recomputation', [
        ['full', 'full'], ['selective', 'selective: attention'], ['none', 'none']
      ]),
      onOff('flash_attention', 'FlashAttention: no s × s matrices stored')
    ],
    more: {
      title: 'Interleaving, sequence and context parallelism, accounting',
      fields: [
        whole('virtual_stages', 'Stages per device, interleaved', { usual: 1, max: 1e4, help: '1: no interleaving.' }),
        whole('context', 'Context parallel', { usual: 1, max: 1e5 }),
        whole('data', 'Data parallel', { optional: true, usual: null, help: 'Empty: what the GPUs leave.' }),
        onOff('sequence_parallel', 'Sequence parallel', { usual: false }),
        onOff('scatter_gather', 'Scatter/gather between stages', { usual: false }),
        choice('bytes_per_parameter', 'Bytes per parameter', [
          [16, '16: gradients of 16 bits (ZeRO)'], [18, '18: of 32 bits (Megatron-LM)'],
          [20, '20: both (MT-NLG)']
        ])
      ]
    }
  },
  {
    title: 'Time and prices',
    fields: [
      choice('time', 'Given is', [['seconds', 'the time of a step'], ['utilization', 'the utilisation']]),
      number('seconds', 'Time of a step', 's', { optional: true }),
      number('utilization_percent', 'Utilisation (MFU)', '%', { optional: true, max: 100 }),
      number('tokens_billion', 'Tokens to train on', 'billion', { optional: true }),
      number('price_per_gpu_hour', 'Price of a GPU hour', 'money', { optional: true, min: 0 }),
      number('price_per_kilowatt_hour', 'Price of a kWh, if paid apart', 'money', { optional: true, min: 0 }),
      number('overhead', 'Power usage effectiveness', '', { min: 1, max: 100, help: 'What the building takes over what the GPUs take.' })
    ]
  }
]

export const FIELDS = GROUPS.flatMap(({ fields, more }) => [...fields, ...more?.fields ?? []])
const KNOWN = new Map(FIELDS.map(field => [field.name, field]))

/** What a field is called. @param {string} name */
export const labelOf = name => KNOWN.get(name)?.label ?? name

/** What people write around and within a number: signs of money and per cent, blanks. */
const AROUND = /[\s_$€£%]/g
const THOUSANDS = /^\d{1,3}(,\d{3})+(\.\d*)?$/

/**
 * Returns what a text stands for, or throws an Error that says what is wrong.
 * @param {Field} field @param {string} text
 * @returns {Value}
 */
export function read(field, text) {
  const { label, kind, optional, choices = [], min, max = Infinity } = field
  const plain = text.trim()
  if (kind === 'switch') {
    if (plain === 'true' || plain === 'false') return plain === 'true'
    throw new Error(`${label} must be true or false.`)
  }
  if (kind === 'choice') {
    if (!choices.length) return plain || null
    const found = choices.find(([value]) => `${value}` === plain)
    if (found) return found[0]
    throw new Error(`${label} must be ${choices.map(([value]) => value).join(', ')}.`)
  }
  if (plain === '') {
    if (optional) return null
    throw new Error(`${label} is empty.`)
  }
  const bare = plain.replace(AROUND, '')
  const digits = THOUSANDS.test(bare) ? bare.replaceAll(',', '') : bare
  const value = Number(digits)
  if (!/^[-+.\deE]+$/.test(digits) || Number.isNaN(value)) throw new Error(`${label} is not a number.`)
  if (value > max) throw new Error(`${label}: at most ${commas(`${max}`)}.`)
  if (min === undefined ? value <= 0 : value < min) {
    throw new Error(`${label}: ${min === undefined ? 'above 0' : `at least ${min}`}.`)
  }
  if (kind === 'whole' && !Number.isInteger(value)) throw new Error(`${label}: a whole number.`)
  return value
}

/**
 * Reads the state of an address; what is wrong in it is told, and the start stands for it.
 * @param {string} hash @param {State} start
 * @returns {{ state: State, preset: string, wrong: string[] }}
 */
export function readAddress(hash, start) {
  const state = { ...start }
  let preset = ''
  /** @type {string[]} */
  const wrong = []
  for (const [name, text] of new URLSearchParams(hash.replace(/^#\??/, ''))) {
    const field = KNOWN.get(name)
    const said = text.slice(0, 40)
    if (name === 'preset') preset = said
    else if (!field) wrong.push(`There is no “${name.slice(0, 40)}”.`)
    else {
      try {
        state[name] = read(field, said)
      } catch (error) {
        wrong.push(`${/** @type {Error} */ (error).message} The address has “${said}”; ` +
          `${start[name] ?? 'nothing'} stands for it.`)
      }
    }
  }
  return { state, preset, wrong }
}

/** @param {State} state every value, as an address that can be read @param {string} preset where it comes from */
export const writeAddress = (state, preset) => `#?${preset ? `preset=${encodeURIComponent(preset)}&` : ''}${
  FIELDS.filter(({ name }) => state[name] !== undefined)
    .map(({ name }) => `${name}=${encodeURIComponent(`${state[name] ?? ''}`)}`).join('&')}`
