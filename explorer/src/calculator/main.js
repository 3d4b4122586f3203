// The calculator's page: controls, results, the address. Text from outside only ever becomes text.

import { answersOf } from './answers.js'
import { FIELDS, GROUPS, read, readAddress, writeAddress } from './fields.js'
import { HOW, python } from './how.js'
import { gigabytes, percent, short } from './numbers.js'
import { button, el, link } from '../page/dom.js'

/** @import { Answers, Row } from './answers.js' */
/** @import { Field, State } from './fields.js' */

/**
 * @typedef {object} Card
 * @property {string} card
 * @property {State} values what it sets
 * @property {string} source
 * @property {string} address
 * @property {string} place
 * @property {string} note
 * @property {string} second_hand
 *
 * @typedef {object} Preset
 * @property {string} id
 * @property {string} name
 * @property {string} group
 * @property {State | null} values null where no formula here counts it
 * @property {string[]} missing what its source does not state, and is put in
 * @property {[string, string][]} stated
 * @property {string} source
 * @property {string} address
 * @property {string} place
 * @property {string} note
 *
 * @typedef {{ start: State, cards: Card[], presets: Preset[], sheet: string }} Data
 */

const PRICES = ['price_per_gpu_hour', 'price_per_kilowatt_hour', 'overhead'] // the reader's own
const WRITING = 250 // ms; browsers refuse pages that write their address too often

/** @param {HTMLElement} root */
function start(root) {
  const data = /** @type {Data} */ (JSON.parse(
    /** @type {HTMLElement} */ (document.querySelector('#calculator-data')).textContent ?? ''))
  const card = /** @type {Field} */ (FIELDS.find(({ name }) => name === 'card'))
  card.choices = [['', 'another'], ...data.cards.map(each =>
    /** @type {[string, string]} */ ([each.card, each.card]))]

  /** @type {State} */
  let state = data.start
  /** @type {Preset | null} */
  let preset = null
  /** @type {string[]} */
  let wrong = []
  /** @type {Map<string, string>} */
  const unread = new Map()
  let writing = 0

  const { form, show: showForm } = makeForm(change)
  const presets = makePresets(data.presets, take)
  const put = el('p', { class: 'calc-note' })
  const about = el('section', {})
  const verdict = el('div', { class: 'calc-verdict', role: 'status', tabindex: '-1', id: 'calc-verdict' })
  const problems = el('ul', { class: 'calc-wrong', role: 'alert' })
  const results = el('div', { class: 'calc-results' })
  const { nodes, show: showGroups } = makeGroups(data.sheet)
  const layouts = el('section', { class: 'calc-layouts' })
  results.append(...nodes, layouts, about)
  root.replaceChildren(
    el('div', { class: 'calc-top' }, presets.node, put), problems, verdict,
    el('div', { class: 'calc-columns' }, form, results))

  /** Takes what a control holds. @param {Field} field @param {string} text */
  function change(field, text) {
    try {
      const value = read(field, text)
      unread.delete(field.name)
      state = { ...state, [field.name]: value }
      if (field.name === 'card') {
        const found = data.cards.find(each => each.card === value)
        if (found) state = { ...state, ...found.values }
        showForm(state)
      }
    } catch (error) {
      unread.set(field.name, /** @type {Error} */ (error).message)
    }
    show()
    write()
  }

  /** @param {Preset | null} chosen */
  function take(chosen) {
    preset = chosen
    if (chosen?.values) {
      const prices = Object.fromEntries(PRICES.map(name => [name, state[name]]))
      state = { ...data.start, ...chosen.values, ...prices }
      wrong = []
      unread.clear()
      showForm(state)
    }
    show()
    write()
  }

  /** @param {State} layout */
  function use(layout) {
    state = { ...state, ...layout }
    showForm(state)
    show()
    write()
    verdict.focus()
  }

  function write() {
    clearTimeout(writing)
    writing = window.setTimeout(() => history.replaceState(null, '', writeAddress(state)), WRITING)
  }

  function show() {
    const answers = answersOf(state)
    verdict.dataset.verdict = answers.verdict
    verdict.replaceChildren(...answers.short.map(sentence => el('p', {}, sentence)))
    problems.replaceChildren(...[...wrong, ...unread.values()].map(text => el('li', {}, text)))
    showGroups(answers)
    layouts.replaceChildren(...layoutNodes(answers, use))
    put.textContent = putIn(preset)
    about.replaceChildren(...aboutNodes(preset, data.cards.find(each => each.card === state.card), answers))
  }

  function readHash() {
    if (!location.hash.startsWith('#?')) return
    preset = null
    ;({ state, wrong } = readAddress(location.hash, data.start))
    unread.clear()
    presets.set('')
    showForm(state)
    show()
  }

  addEventListener('hashchange', readHash)
  preset = data.presets.find(({ id }) => id === data.start.preset) ?? null
  presets.set(preset?.id ?? '')
  showForm(state)
  show()
  readHash()
}

/** @param {(field: Field, text: string) => void} change */
function makeForm(change) {
  /** @type {Map<string, HTMLInputElement | HTMLSelectElement>} */
  const controls = new Map()
  const fieldsets = GROUPS.map(({ title, fields, more }) => el('fieldset', {},
    el('legend', {}, title), ...fields.map(make),
    more ? el('details', {}, el('summary', {}, more.title), ...more.fields.map(make)) : null))

  /** @param {Field} field */
  function make(field) {
    const id = `calc-${field.name}`
    const control = field.kind === 'choice'
      ? el('select', { id }, ...(field.choices ?? []).map(([value, label]) =>
        el('option', { value: `${value}` }, label)))
      : el('input', field.kind === 'switch' ? { id, type: 'checkbox' }
        : { id, type: 'text', inputmode: 'decimal', autocomplete: 'off' })
    if (field.help) control.setAttribute('aria-describedby', `${id}-help`)
    const text = () => control instanceof HTMLInputElement && field.kind === 'switch'
      ? `${control.checked}` : control.value
    control.addEventListener(field.kind === 'switch' || field.kind === 'choice' ? 'change' : 'input',
      () => change(field, text()))
    controls.set(field.name, control)
    const label = el('label', { for: id }, field.label,
      field.unit ? el('span', { class: 'calc-unit' }, ` (${field.unit})`) : null)
    return el('div', { class: `calc-field calc-${field.kind}` }, label, control,
      field.help ? el('small', { id: `${id}-help` }, field.help) : null)
  }

  /** @param {State} state */
  function show(state) {
    for (const { name, kind } of FIELDS) {
      const control = controls.get(name)
      const value = state[name]
      if (control instanceof HTMLInputElement && kind === 'switch') control.checked = value === true
      else if (control && control !== document.activeElement || kind === 'choice') {
        /** @type {HTMLInputElement} */ (control).value = `${value ?? ''}`
      }
    }
  }

  const form = el('form', { class: 'calc-form', 'aria-label': 'The run' }, ...fieldsets)
  form.addEventListener('submit', event => event.preventDefault())
  return { form, show }
}

/** @param {Preset[]} presets @param {(preset: Preset | null) => void} take */
function makePresets(presets, take) {
  const groups = [...new Set(presets.map(({ group }) => group))]
  const select = el('select', { id: 'calc-preset' },
    el('option', { value: '' }, 'your own'),
    ...groups.map(group => el('optgroup', { label: group },
      ...presets.filter(each => each.group === group)
        .map(({ id, name }) => el('option', { value: id }, name)))))
  select.addEventListener('change', () =>
    take(presets.find(({ id }) => id === select.value) ?? null))
  return {
    node: el('div', { class: 'calc-field' },
      el('label', { for: 'calc-preset' }, 'Begin with a published run'), select),
    /** @param {string} id */
    set: id => { select.value = id }
  }
}

/** @param {string} sheet the page of formulas */
function makeGroups(sheet) {
  /** @type {Map<string, { node: HTMLElement, rows: HTMLElement }>} */
  const known = new Map()
  const titles = ['Parameters', 'Memory of a GPU', 'Operations and time',
    'What a GPU sends in a step', 'The whole training']
  const nodes = titles.map(title => {
    const rows = el('dl', {})
    const node = el('section', {}, el('h2', {}, title), rows)
    known.set(title, { node, rows })
    return node
  })

  /** @param {Answers} answers */
  function show({ groups, counts }) {
    for (const { title, rows } of groups) {
      const list = /** @type {{ rows: HTMLElement }} */ (known.get(title)).rows
      const open = new Set([...list.querySelectorAll('details[open]')]
        .map(details => details.getAttribute('data-of')))
      list.replaceChildren(...rows.map(each => rowNode(each, sheet, open.has(each.label))))
      if (title === 'Operations and time' && counts.length) list.append(countsNode(counts))
    }
  }
  return { nodes, show }
}

/** @param {Row} row @param {string} sheet @param {boolean} open */
function rowNode({ label, text, failed, call, values, result, parts, note }, sheet, open) {
  const output = el('output', failed ? { class: 'calc-failed' } : {}, text, ' ')
  if (result !== undefined) output.dataset.result = JSON.stringify(result)
  return el('div', {}, el('dt', {}, label), el('dd', {}, output,
    call && values ? howNode(label, call, values, sheet, open) : null,
    parts ? el('table', {}, el('caption', {}, `${label}, by part`), el('tbody', {},
      ...parts.map(([name, size, share]) => el('tr', {}, el('th', { scope: 'row' }, name),
        el('td', {}, size), el('td', {}, share))))) : null,
    note ? el('p', { class: 'calc-note' }, note) : null))
}

/** @param {string} label @param {string} call @param {Record<string, unknown>} values @param {string} sheet @param {boolean} open */
function howNode(label, call, values, sheet, open) {
  const { formula, source, sheet: anchor } = HOW[call]
  return el('details', { 'data-of': label, open },
    el('summary', { 'aria-label': `How: ${label}` }, 'how'),
    el('p', {}, formula, '. ', el('a', { href: `${sheet}#${anchor}` }, source), '.'),
    el('pre', { tabindex: '0', role: 'region', 'aria-label': `Python: ${label}` },
      el('code', {}, python(call, values))))
}

/** @param {{ label: string, share: number }[]} counts */
const countsNode = counts => el('div', {}, el('dt', {}, 'MFU as others count it'), el('dd', {},
  counts.map(({ label, share }) => `${percent(share)} ${label}`).join('; '),
  el('p', { class: 'calc-note' },
    'The same time, other operations. A published share says little without its count.')))

/**
 * @param {Answers} answers
 * @param {(layout: import('./fields.js').State) => void} use
 */
function layoutNodes({ faults, nearest, ranked, rankError }, use) {
  /** @type {HTMLElement[]} */
  const nodes = [el('h2', {}, 'Layouts')]
  /** @param {any} layout */
  const button_ = ({ tensor, pipeline, data, virtual_stages, micro_batch_size }) => button('use',
    () => use({ tensor, pipeline, data: null, virtual_stages, micro_batch_size }),
    { 'aria-label': `use tensor ${tensor}, pipeline ${pipeline}, data ${data}, interleaved ${virtual_stages}` })
  if (faults.length) {
    nodes.push(el('p', {}, 'This layout is not possible:'),
      el('ul', {}, ...faults.map(fault => el('li', {}, fault))),
      nearest.length ? el('p', {}, 'The nearest that are:')
        : el('p', {}, 'No layout splits this model and batch evenly over these GPUs.'))
    if (nearest.length) {
      nodes.push(el('ul', {}, ...nearest.map(layout => el('li', {},
        `tensor ${layout.tensor}, pipeline ${layout.pipeline}, data ${layout.data}, ` +
        `${layout.virtual_stages} stages a device, micro-batch ${layout.micro_batch_size} `,
        button_(layout)))))
    }
  }
  if (!ranked) {
    nodes.push(el('p', {}, `No order of layouts: ${rankError}`))
  } else if (!ranked.length) {
    nodes.push(el('p', {}, 'No layout fits with this micro-batch, ZeRO and recomputation.'))
  } else {
    nodes.push(el('p', {}, 'These layouts fit, at this micro-batch, ZeRO, recomputation and context ' +
      'parallelism. Those with tensor parallelism inside a node come first, then those that idle ' +
      'least, send least between nodes and need least memory. That is an order, and no model of speed.'),
    el('div', { class: 'citehub-scroll', tabindex: '0', role: 'group', 'aria-label': 'Layouts that fit' },
      el('table', {}, el('thead', {}, el('tr', {}, ...['tensor', 'pipeline', 'data', 'stages a device',
        'memory', 'idle', 'between nodes', 'take it'].map(name => el('th', { scope: 'col' }, name)))),
      el('tbody', {}, ...ranked.map(layout => el('tr', {},
        ...[layout.tensor, layout.pipeline, layout.data, layout.virtual_stages,
          gigabytes(layout.memory), percent(layout.idle), gigabytes(layout.between_nodes)]
          .map(cell => el('td', {}, typeof cell === 'number' ? short(cell, 6) : cell)),
        el('td', {}, button_(layout))))))))
  }
  return nodes
}

/** @param {Preset | null} preset @param {Card | undefined} card @param {Answers} answers */
function aboutNodes(preset, card, answers) {
  /** @type {HTMLElement[]} */
  const nodes = [el('h2', {}, 'Beside the source')]
  if (preset) {
    nodes.push(el('p', {}, link(preset.address, preset.source), `, ${preset.place}. ${preset.note}`.trim()))
    if (preset.stated.length) {
      nodes.push(el('table', {}, el('caption', {}, 'Stated by the source'), el('tbody', {},
        ...preset.stated.map(([name, value]) =>
          el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, value),
            el('td', {}, preset.values ? computed(name, answers) : ''))))))
    }
  }
  if (card) {
    nodes.push(el('p', {}, `${card.card}: `, link(card.address, card.source), `, ${card.place}.`,
      card.second_hand ? ` At second hand: ${card.second_hand}.` : '', ` ${card.note}`))
  }
  return nodes
}

/** @param {Preset | null} preset */
function putIn(preset) {
  if (!preset) return ''
  if (!preset.values) {
    return `No formula here counts ${preset.name}: below stands the run before it. ${preset.note}`
  }
  return preset.missing.length
    ? `Not stated by its source, put in here: ${preset.missing.join(', ')}.` : ''
}

/** What stands here beside a stated figure. @type {Record<string, string>} */
const BESIDE = {
  'parameters': 'In all', 'TFLOP/s of a GPU': 'Throughput of a GPU, with what is recomputed',
  "TFLOP/s of a GPU, the model's alone": 'Throughput of a GPU, the model alone',
  'MFU': 'Model FLOPs utilisation (MFU)', 'HFU': 'Hardware FLOPs utilisation (HFU)',
  'GPU hours': 'GPU hours', 'days': 'Time'
}

/** @param {string} name @param {Answers} answers */
function computed(name, { groups }) {
  const row = groups.flatMap(({ rows }) => rows).find(({ label }) => label === BESIDE[name])
  return row && !row.failed ? `${row.text} here` : ''
}

/** @type {HTMLElement | null} */
const root = document.querySelector('#calculator')
if (root) start(root)
