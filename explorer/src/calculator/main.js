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
 * @property {[string, string, string][]} stated name, figure, why it is not compared
 * @property {string} source
 * @property {string} address
 * @property {string} place
 * @property {string} note
 *
 * @typedef {{ start: State, cards: Card[], presets: Preset[], sheet: string }} Data
 */

const PRICES = ['price_per_gpu_hour', 'price_per_kilowatt_hour', 'overhead'] // the reader's own
const NO_LAYOUT = 'tensor 1' // put in
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
  /** @type {Preset | null} where the state comes from */
  let preset = null
  /** @type {string[]} */
  let wrong = []
  /** @type {Map<string, string>} what is wrong in a field */
  const unread = new Map()
  /** @type {Answers | null} */
  let answers = null
  let check = '' // what another card leaves as it was
  let writing = 0

  const form = makeForm(change)
  const presets = makePresets(data.presets, take)
  const put = el('p', { class: 'calc-note' })
  const copied = el('span', { role: 'status' })
  const verdict = el('div', { class: 'calc-verdict', role: 'status', tabindex: '-1', id: 'calc-verdict' })
  const bar = el('p', { class: 'calc-bar', 'aria-hidden': 'true', hidden: true })
  const problems = el('ul', { class: 'calc-wrong', role: 'alert' })
  const results = el('div', { class: 'calc-results' })
  const { nodes, show: showGroups } = makeGroups(data.sheet)
  const layouts = el('section', { class: 'calc-layouts' })
  const about = el('section', { class: 'calc-about' })
  results.append(...nodes, layouts, about)
  const columns = el('div', { class: 'calc-columns' }, form.node, results)
  root.replaceChildren(
    el('div', { class: 'calc-top' }, presets.node, put, el('p', {},
      button('Copy link', copy), ' ', button('Reset', () => reset(true)), ' ', copied)),
    problems, verdict, bar, columns)
  const inView = new Map()
  const seen = new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) inView.set(target, isIntersecting)
    bar.hidden = inView.get(verdict) || !inView.get(columns)
  })
  seen.observe(verdict)
  seen.observe(columns)

  /** Takes what a control holds. @param {Field} field @param {string} text */
  function change(field, text) {
    const { name } = field
    try {
      const value = read(field, text)
      unread.delete(name)
      state = { ...state, [name]: value }
      if (name === 'network_gb_s' || name === 'gpus_per_node') check = ''
      if (name === 'seconds') state.time = 'seconds'
      if (name === 'utilization_percent') state.time = 'utilization'
      if (name === 'time') keepTime()
      const found = name === 'card' && data.cards.find(each => each.card === value)
      if (found) {
        state = { ...state, ...found.values }
        for (const each of Object.keys(found.values)) unread.delete(each)
        check = `Still ${state.network_gb_s === null ? '' : `a network of ${state.network_gb_s} GB/s and `}` +
          `${state.gpus_per_node} GPUs in a node: check.`
      }
    } catch (error) {
      unread.set(name, /** @type {Error} */ (error).message)
    }
    show()
    write()
  }

  /** Begins from what was computed, where the other of time and utilisation is to be given. */
  function keepTime() {
    const { seconds = null, utilization = null } = answers ?? {}
    if (state.time === 'seconds' && seconds) state.seconds = Number(seconds.toPrecision(4))
    if (state.time === 'utilization' && utilization) {
      state.utilization_percent = Number((100 * utilization).toPrecision(4))
    }
  }

  /** Makes this the state, with a step in the browser's history. @param {State} next @param {Preset | null} from */
  function go(next, from) {
    flush()
    state = next
    preset = from
    wrong = []
    check = ''
    unread.clear()
    form.open(state, data.start)
    show()
    history.pushState(null, '', address())
  }

  /** @param {Preset | null} chosen */
  function take(chosen) {
    if (chosen?.values) {
      const prices = Object.fromEntries(PRICES.map(name => [name, state[name]]))
      go({ ...data.start, ...chosen.values, ...prices }, chosen)
    } else go(state, chosen)
  }

  /** @param {State} layout */
  function use(layout) {
    go({ ...state, ...layout }, preset)
    verdict.focus()
  }

  /** @param {boolean} [push] */
  function reset(push) {
    const from = data.presets.find(({ id }) => id === data.start.preset) ?? null
    if (push) go(data.start, from)
    else {
      ;[state, preset, wrong] = [data.start, from, []]
      unread.clear()
      show()
    }
  }

  async function copy() {
    flush()
    try {
      await navigator.clipboard.writeText(location.href)
      copied.textContent = 'Copied.'
    } catch {
      copied.textContent = 'The address bar has it.'
    }
  }

  const address = () => preset && !preset.values ? `#?preset=${encodeURIComponent(preset.id)}`
    : writeAddress(state, preset?.id ?? '')

  function flush() {
    if (!writing) return
    clearTimeout(writing)
    writing = 0
    history.replaceState(null, '', address())
  }

  function write() {
    clearTimeout(writing)
    writing = window.setTimeout(flush, WRITING)
  }

  /** What differs from the published run. */
  function changes() {
    if (!preset?.values) return []
    const values = { ...data.start, ...preset.values }
    const idle = values.time === 'seconds' ? 'utilization_percent' : 'seconds'
    return FIELDS.filter(({ name }) => !PRICES.includes(name) &&
      (name !== idle || state.time !== values.time) && (state[name] ?? null) !== (values[name] ?? null))
      .map(({ label }) => label)
  }

  function show() {
    const changed = changes()
    const whole = preset && !changed.length ? preset : null
    presets.set(whole?.id ?? '')
    copied.textContent = ''
    problems.replaceChildren(...wrong.map(text => el('li', {}, text)))
    const source = preset !== null && !preset.values
    columns.classList.toggle('calc-source-only', source)
    columns.classList.toggle('calc-stale', unread.size > 0)
    put.textContent = putIn(preset, changed)
    answers = source || unread.size ? null : answersOf(state)
    /** @type {string[]} */
    let said = answers?.short ?? [`Not computed: ${[...unread.values()].join(' ')}`]
    if (source) said = [`${preset?.name} cannot be computed here: ${/no formula for [^.]+\./i.exec(preset?.note ?? '')?.[0].replace('No', 'no') ?? ''}`]
    verdict.dataset.verdict = answers?.verdict ?? (source ? 'unknown' : 'impossible')
    if (answers && whole?.missing.includes(NO_LAYOUT)) {
      said = [...said, 'Its source states no layout: the one here is put in.']
      if (answers.verdict !== 'impossible') verdict.dataset.verdict = 'unknown'
    }
    verdict.replaceChildren(...said.map(sentence => el('p', {}, sentence)))
    bar.textContent = said[0]
    form.show(state, answers, unread, check)
    if (answers) {
      showGroups(answers)
      layouts.replaceChildren(...layoutNodes(answers, state, use))
    }
    about.replaceChildren(...aboutNodes(whole, source ? undefined
      : data.cards.find(each => each.card === state.card), answers))
  }

  function readHash() {
    if (location.hash === '') reset()
    if (!location.hash.startsWith('#?')) return
    const found = readAddress(location.hash, data.start)
    ;({ state, wrong } = found)
    preset = data.presets.find(({ id }) => id === found.preset) ?? null
    if (found.preset && !preset) wrong.push(`There is no run “${found.preset}”.`)
    if (preset?.values && !/[?&](?!preset=)\w+=/.test(location.hash)) state = { ...data.start, ...preset.values }
    check = ''
    unread.clear()
    form.open(state, data.start)
    show()
  }

  addEventListener('hashchange', readHash)
  addEventListener('popstate', readHash)
  reset()
  readHash()
}

/** @param {(field: Field, text: string) => void} change */
function makeForm(change) {
  /** @type {Map<string, { control: HTMLInputElement | HTMLSelectElement, fault: HTMLElement }>} */
  const controls = new Map()
  const closed = GROUPS.map(({ more }) => el('details', {}, el('summary', {}, more?.title ?? ''),
    ...(more?.fields ?? []).map(make)))
  const fieldsets = GROUPS.map(({ title, fields, more }, index) => el('fieldset', {},
    el('legend', {}, title), ...fields.map(make), more ? closed[index] : null))

  /** @param {Field} field */
  function make(field) {
    const id = `calc-${field.name}`
    const control = field.kind === 'choice'
      ? el('select', { id }, ...(field.choices ?? []).map(([value, label]) =>
        el('option', { value: `${value}` }, label)))
      : el('input', field.kind === 'switch' ? { id, type: 'checkbox' }
        : { id, type: 'text', inputmode: 'decimal', autocomplete: 'off' })
    control.setAttribute('aria-describedby', `${field.help ? `${id}-help ` : ''}${id}-fault`)
    const text = () => control instanceof HTMLInputElement && field.kind === 'switch'
      ? `${control.checked}` : control.value
    control.addEventListener(field.kind === 'switch' || field.kind === 'choice' ? 'change' : 'input',
      () => change(field, text()))
    const fault = el('small', { id: `${id}-fault`, class: 'calc-fault' })
    controls.set(field.name, { control, fault })
    const label = el('label', { for: id }, field.label,
      field.unit ? el('span', { class: 'calc-unit' }, ` (${field.unit})`) : null)
    return el('div', { class: `calc-field calc-${field.kind}` }, label, control,
      field.help ? el('small', { id: `${id}-help` }, field.help) : null, fault)
  }

  /**
   * @param {State} state @param {Answers | null} answers @param {Map<string, string>} unread
   * @param {string} check what to say of the card
   */
  function show(state, answers, unread, check) {
    const { seconds = null, utilization = null } = answers ?? {}
    /** @type {Record<string, string>} */
    const computed = state.time === 'seconds'
      ? { utilization_percent: utilization === null ? '' : short(100 * utilization, 4) }
      : { seconds: seconds === null ? '' : short(seconds, 4) }
    for (const { name, kind } of FIELDS) {
      const { control, fault } = /** @type {any} */ (controls.get(name))
      const text = computed[name] ?? `${state[name] ?? ''}`
      control.classList.toggle('calc-computed', name in computed)
      if (kind === 'switch') control.checked = state[name] === true
      else if (kind === 'choice' || control !== document.activeElement && !unread.has(name)) control.value = text
      if (unread.has(name)) control.setAttribute('aria-invalid', 'true')
      else control.removeAttribute('aria-invalid')
      fault.textContent = unread.get(name) ?? (name === 'card' ? check : '')
    }
  }

  /** Opens the closed sections that hold what is not usual. @param {State} state @param {State} start */
  function open(state, start) {
    for (const [index, { more }] of GROUPS.entries()) {
      const odd = (more?.fields ?? []).some(({ name, usual }) => usual !== undefined
        ? (state[name] ?? null) !== usual
        : ['network_gb_s', 'bytes_per_parameter'].includes(name) && state[name] !== null && state[name] !== start[name])
      if (odd) closed[index].open = true
    }
  }

  const node = el('form', { class: 'calc-form', 'aria-label': 'The run' }, ...fieldsets)
  node.addEventListener('submit', event => event.preventDefault())
  return { node, show, open }
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
  /** @param {string | ((values: Record<string, any>) => string)} text */
  const written = text => typeof text === 'string' ? text : text(values)
  return el('details', { 'data-of': label, open },
    el('summary', { 'aria-label': `How: ${label}` }, 'how'),
    el('p', {}, written(formula), '. ', el('a', { href: `${sheet}#${anchor}` }, written(source)), '.'),
    el('pre', { tabindex: '0', role: 'region', 'aria-label': `Python: ${label}` },
      el('code', {}, python(call, values))))
}

/** @param {{ label: string, share: number }[]} counts */
const countsNode = counts => el('div', {}, el('dt', {}, 'MFU as others count it'), el('dd', {},
  counts.map(({ label, share }) => `${percent(share)} ${label}`).join('; '),
  el('p', { class: 'calc-note' },
    'The same time, other operations. A published share says little without its count.')))

const SHOWN = 10 // layouts of a list

/**
 * @param {Answers} answers @param {State} state
 * @param {(layout: State) => void} use
 */
function layoutNodes({ verdict, faults, nearest, ranked, rankError, seconds }, state, use) {
  /** @type {HTMLElement[]} */
  const nodes = [el('h2', {}, 'Layouts')]
  /** @param {any} layout */
  const button_ = ({ tensor, pipeline, data, virtual_stages, micro_batch_size }) => button('use',
    () => use({ tensor, pipeline, data: null, virtual_stages, micro_batch_size }),
    { 'aria-label': `use tensor ${tensor}, pipeline ${pipeline}, data ${data}, interleaved ${virtual_stages}` })
  if (faults.length) {
    nodes.push(el('p', {}, verdict === 'uneven' ? 'Published runs have this; no formula here counts it:' : 'This layout is not possible:'),
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
  if (!ranked) nodes.push(el('p', {}, `No order of layouts: ${rankError}`))
  else if (!ranked.length) {
    nodes.push(el('p', {}, 'No layout fits with this micro-batch, ZeRO and recomputation.'))
  } else {
    const rates = { within: Number(state.link_gb_s) / 2, between: Number(state.network_gb_s) }
    const timed = seconds !== null && rates.within > 0 && rates.between > 0
    /** @param {any} layout */
    const lost = ({ idle, within_node, between_nodes }) =>
      idle * Number(seconds) + within_node / rates.within / 1e9 + between_nodes / rates.between / 1e9
    /** @param {any} layout */
    const isOwn = layout => ['tensor', 'pipeline', 'virtual_stages'].every(name => layout[name] === state[name])
    const order = ranked.map((layout, index) => ({ layout, place: index + 1 }))
    /** @param {boolean} across */
    const some = across => order.filter(({ layout }) => across === (Number(state.gpus_per_node) % layout.tensor !== 0))
    const heads = ['#', 'tensor', 'pipeline', 'data', 'interleaved', 'memory', 'idle',
      'between nodes', ...timed ? ['lost a step'] : [], 'take it']
    /** @param {string} label @param {{ layout: any, place: number }[]} rows */
    const table = (label, rows) => el('div', { class: 'citehub-scroll', tabindex: '0', role: 'group', 'aria-label': label },
      el('table', { class: 'calc-cards' }, el('thead', {}, el('tr', {}, ...heads.map(name => el('th', { scope: 'col' }, name)))),
        el('tbody', {}, ...rows.filter(({ layout }, index) => index < SHOWN || isOwn(layout)).map(({ layout, place }) =>
          el('tr', isOwn(layout) ? { class: 'calc-own' } : {}, ...[`${place}.`, layout.tensor, layout.pipeline, layout.data,
            layout.virtual_stages, gigabytes(layout.memory), percent(layout.idle), gigabytes(layout.between_nodes),
            ...timed ? [`${short(lost(layout), 2)} s`] : []]
            .map((cell, index) => el('td', { 'data-label': heads[index] }, typeof cell === 'number' ? short(cell, 6) : cell)),
          el('td', {}, isOwn(layout) ? 'yours' : button_(layout)))))))
    const [inside, across] = [some(false), some(true)]
    nodes.push(el('p', {}, `${ranked.length} layouts fit, at this micro-batch, ZeRO, recomputation and context parallelism, ` +
      `without a layer that is being recomputed. ${timed
        ? 'First stands what loses least time if nothing overlaps: idle pipeline and traffic. '
        : 'First stands what idles least, then sends least between nodes. With the time of a step and both links, they stand in the order of time lost. '}` +
      'That is an order, and no model of speed.'))
    if (inside.length) nodes.push(table('Layouts that fit', inside))
    if (across.length) {
      nodes.push(el('details', { open: across.some(({ layout }) => isOwn(layout)) },
        el('summary', {}, `${across.length} with tensor parallelism across nodes`),
        table('Layouts that fit, across nodes', across)))
    }
  }
  return nodes
}

/** @param {Preset | null} preset @param {Card | undefined} card @param {Answers | null} answers */
function aboutNodes(preset, card, answers) {
  /** @type {HTMLElement[]} */
  const nodes = [el('h2', {}, 'Beside the source')]
  if (preset) {
    nodes.push(el('p', {}, link(preset.address, preset.source), `, ${preset.place}. ${preset.note}`.trim()))
    if (preset.stated.length) {
      nodes.push(el('table', {}, el('caption', {}, 'Stated by the source'), el('tbody', {},
        ...preset.stated.map(([name, value, why]) =>
          el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, value),
            el('td', {}, why || (answers ? computed(name, answers) : '')))))))
    }
  }
  if (card) {
    nodes.push(el('p', {}, `${card.card}: `, link(card.address, card.source), `, ${card.place}.`,
      card.second_hand ? ` At second hand: ${card.second_hand}.` : '', ` ${card.note}`))
  }
  return preset || card ? nodes : []
}

/** @param {Preset | null} preset @param {string[]} changed */
function putIn(preset, changed) {
  if (!preset?.values) return ''
  const missing = preset.missing.length
    ? `Not stated by its source, put in here: ${preset.missing.join(', ')}.` : ''
  return changed.length ? `From ${preset.name}, changed: ${changed.join(', ')}. ${missing}` : missing
}

/** What stands here beside a stated figure. @type {Record<string, string>} */
const BESIDE = {
  'parameters': 'In all', 'TFLOP/s of a GPU': 'Throughput of a GPU, with what is recomputed',
  "TFLOP/s of a GPU, the model's alone": 'Throughput of a GPU, the model alone',
  'MFU': 'Model FLOPs utilisation (MFU)', 'HFU': 'Hardware FLOPs utilisation (HFU)',
  'share of the peak': 'Hardware FLOPs utilisation (HFU)',
  'GPU hours': 'GPU hours', 'days for 300 billion tokens': 'Time', 'time of a step': 'Time of a step'
}

/** @param {string} name @param {Answers} answers */
function computed(name, { groups }) {
  const row = groups.flatMap(({ rows }) => rows).find(({ label }) => label === BESIDE[name])
  return row && !row.failed ? `${row.text} here` : ''
}

/** @type {HTMLElement | null} */
const root = document.querySelector('#calculator')
if (root) start(root)
