// The page on which people judge why passages cite: what `citehub site HUB --review` writes.
// Text from outside only ever becomes text nodes and attributes.

import { button, el, link } from './page/dom.js'
import { cleanLine, csvLine } from './text/text.js'

/**
 * @typedef {{ id: string, work: string, title: string, url: string | null, where: string,
 *   words: [string, string, string] | null, before: string, after: string, gist: string | null
 * }} Passage words are those before the mark, the mark, and those behind it
 * @typedef {'role' | 'second' | 'polarity' | 'subject' | 'confidence'} Question
 * @typedef {{ question: Question, title: string, isOpen: boolean, values: [string, string][]
 * }} Asked values with what each means
 * @typedef {Partial<Record<Question | 'comment' | 'when', string>>} Judgement
 * @typedef {{ hub: string, version: string, guideline: string, columns: string[],
 *   read: string, opened: string, repeats: string, asked: Asked[], passages: Passage[] }} Data
 */

const KEYS = '1234567890'
const MOST_NAME = 100

/** @param {string} id */
const byId = id => /** @type {HTMLElement} */ (document.getElementById(id))
const data = /** @type {Data} */ (JSON.parse(byId('data').textContent ?? ''))
const main = byId('review')
const guideline = /** @type {HTMLDetailsElement} */ (byId('guideline'))
const PLACE = `citehub-review ${data.hub}`
/** What is judged, by name and passage. @type {Map<string, Map<string, Judgement>>} */
let people = new Map()
let name = ''
let at = 0
let isKept = true
/** @type {Passage[]} in the order of the person */
let order = []

/**
 * Returns where a passage stands in the order of a person, as `citehub/graph/review.py` does.
 * @param {string} name
 * @param {string} id
 */
function place(name, id) {
  let found = 0x811c9dc5
  for (const byte of new TextEncoder().encode(`${name}\n${id}`)) {
    found = Math.imul(found ^ byte, 0x01000193)
  }
  found = Math.imul(found ^ found >>> 16, 0x85ebca6b)
  found = Math.imul(found ^ found >>> 13, 0xc2b2ae35)
  return (found ^ found >>> 16) >>> 0
}

// -- what is kept ---------------------------------------------------------------------------------

/** Reads what this browser keeps; what is damaged, or denied, is nothing. */
function load() {
  try {
    const text = localStorage.getItem(PLACE)
    const held = /** @type {[string, [string, Judgement][]][]} */ (text ? JSON.parse(text) : [])
    people = new Map(held.map(([who, said]) => [who, new Map(said)]))
  } catch { /* what was judged since the page was opened stays */ }
}

function save() {
  try {
    localStorage.setItem(PLACE, JSON.stringify([...people].map(([who, said]) => [who, [...said]])))
    isKept = true
  } catch { isKept = false }
}

/** Returns the judgements of the person. */
const mine = () => people.get(name) ?? new Map()

/** @param {string} id @param {Judgement} said */
function keep(id, said) {
  const before = mine()
  load() // another tab may have judged meanwhile
  people.set(name, new Map([...before, ...mine(), [id, said]]))
  save()
}

/**
 * Tells whether a comment is a sentence of a passage, or has five words of it in a row. `--take` looks
 * more closely, with `repeats_words` of Python.
 * @param {string} said
 * @param {Passage} passage
 */
function repeats(said, { before, words, after }) {
  const [first, mark, last] = words ?? ['', '', '']
  const runs = (/** @type {string} */ text) => {
    const plain = wordsOf(text)
    return plain.slice(4).map((_, place) => plain.slice(place, place + 5).join(' '))
  }
  const known = runs([before, first, mark, last, after].join(' ')).concat(
    runs([before, first, last, after].join(' ')))
  const whole = wordsOf(said).join('')
  return runs(said).some(run => known.includes(run)) || (whole !== ''
    && [before, first + last, first + mark + last, after].some(each => wordsOf(each).join('') === whole))
}

/** @param {string} text */
function wordsOf(text) {
  return text.normalize('NFKC').toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []
}

/** Returns the judgements as rows of `source/labels.csv`, one of each value. */
function toCsv() {
  const rows = data.passages.flatMap(passage => {
    /** @type {Judgement | undefined} */
    const said = mine().get(passage.id)
    if (!said?.role) return []
    const shared = {
      work: passage.work, context_id: passage.id, who: name, labeler: name,
      labeler_kind: 'person', when: said.when, guideline: data.guideline,
      confidence_level: said.confidence,
      why: said.comment || (passage.words ? data.read : data.opened)
    }
    return [
      { scheme: 'intent', value: said.role }, { scheme: 'intent', value: said.second, rank: '2' },
      { scheme: 'polarity', value: said.polarity }, { scheme: 'subject', value: said.subject }
    ].filter(row => row.value).map(row => /** @type {Record<string, any>} */ ({ ...shared, ...row }))
  })
  const lines = rows.map(row => csvLine(data.columns.map(column => row[column] ?? null)))
  return `\ufeff${csvLine(data.columns)}${lines.join('')}`
}

function download() {
  const href = URL.createObjectURL(new Blob([toCsv()], { type: 'text/csv' }))
  const who = name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-')
  el('a', { href, download: `judgements-${who}.csv` }).click()
  setTimeout(() => URL.revokeObjectURL(href), 60_000)
}

// -- what is shown --------------------------------------------------------------------------------

/** @param {...Node} children */
function show(...children) {
  main.replaceChildren(...children)
  scrollTo(0, 0)
}

/** Asks who judges. */
function begin() {
  const input = el('input', {
    id: 'name', required: true, autocomplete: 'name', maxLength: MOST_NAME, value: [...people.keys()].at(-1) ?? ''
  })
  const form = el('form', {},
    el('label', { for: 'name' }, 'Your name, as it will stand beside each label'), input,
    el('p', {}, 'A number chooses, and goes to the next question; - is none. Enter keeps the judgement.'),
    el('button', {}, 'Begin'))
  form.onsubmit = event => {
    event.preventDefault()
    const given = cleanLine(input.value).split(/\s+/).filter(Boolean).join(' ')
    if (!/[\p{L}\p{N}]/u.test(given)) return input.focus()
    name = given
    order = [...data.passages].sort((a, b) => place(name, a.id) - place(name, b.id))
    go(next(0))
  }
  show(form)
  input.focus()
}

/** @param {number} start */
function next(start) {
  const found = order.findIndex((passage, place) => place >= start && !mine().get(passage.id)?.role)
  return found < 0 ? order.length : found
}

/** @param {number} place */
function go(place) {
  at = Math.max(place, 0)
  if (at < order.length) ask(order[at])
  else end()
}

const bar = () => el('p', { class: 'bar' },
  button('Back (b)', () => go(at - 1), { disabled: at === 0 }),
  at < order.length ? button('Skip (s)', () => go(next(at + 1))) : null,
  button('Guideline (g)', toggleGuideline),
  at < order.length ? button('Meanings (?)', toggleMeanings) : null,
  button('Download CSV', download),
  button('Another person', begin))

/** @param {string} said */
const status = said => el('p', { role: 'status' }, isKept ? said
  : `${said} This browser keeps nothing: download the CSV before you close the page.`)

/** Returns how far the person is. */
function progress() {
  const n = order.filter(passage => mine().get(passage.id)?.role).length
  return `${n} of ${order.length} judged by ${name}.`
}

function end() {
  const left = order.length - order.filter(passage => mine().get(passage.id)?.role).length
  show(status(progress()), el('h2', { tabIndex: -1 }, left ? 'You left some for later' : 'All are judged'),
    el('p', {}, 'Download the CSV and give it to whoever keeps the hub, who types: '
      + 'citehub review HUB --take FILE.csv'),
    left ? el('p', {}, button('Go to those that are left', () => go(next(0)))) : el('p'), bar())
  main.querySelector('h2')?.focus()
}

/** @param {Passage} passage */
function ask(passage) {
  const said = /** @type {Judgement} */ (mine().get(passage.id) ?? {})
  const comment = el('input', { id: 'comment', maxLength: 2000, value: said.comment ?? '' })
  const form = el('form', {}, ...data.asked.map(asked => question(asked, said)),
    el('label', { for: 'comment' }, 'Comment, published with the label'), comment,
    el('p', {}, el('button', { class: 'keep' }, 'Keep and go on (Enter)')))
  comment.oninput = () => comment.setCustomValidity(
    repeats(comment.value, passage) ? data.repeats : '')
  form.onsubmit = event => {
    event.preventDefault()
    const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value))
    if (given.second === given.role) delete given.second
    const when = new Date().toISOString().slice(0, '2026-11-29'.length)
    keep(passage.id, { ...given, comment: cleanLine(comment.value).trim(), when })
    go(next(at + 1))
  }
  show(status(`Passage ${at + 1} of ${order.length}. ${progress()}`), shown(passage), form, bar())
  main.querySelector('h2')?.focus()
}

/** @param {Passage} passage */
function shown({ title, url, work, where, words, before, after, gist }) {
  const quote = words
    ? el('blockquote', {}, el('span', { class: 'beside' }, before, ' '), words[0], el('mark', {}, words[1]),
      words[2], el('span', { class: 'beside' }, ' ', after))
    : el('p', {}, gist ? `In other words: ${gist} ` : 'No gist is known. ',
      'The words are not at hand: open the paper.')
  return el('article', {}, el('h2', { tabIndex: -1 }, title), el('p', {}, link(url, work), ` · ${where}`), quote)
}

/** @param {Asked} asked @param {Judgement} said */
function question({ question, title, isOpen, values }, said) {
  const all = isOpen ? [...values, ['', '']] : values
  return el('fieldset', {}, el('legend', {}, title), ...all.map(([value, meaning], place) => {
    const key = value ? KEYS[place] ?? '' : '-'
    return el('label', {},
      el('input', {
        type: 'radio', name: question, value, required: !isOpen,
        checked: (said[question] ?? (isOpen ? '' : null)) === value
      }),
      el('span', {}, el('kbd', {}, key), ` ${value || 'none'}`,
        meaning ? el('small', {}, ` ${meaning}`) : null))
  }))
}

function toggleGuideline() {
  guideline.open = !guideline.open
  if (guideline.open) guideline.querySelector('summary')?.focus()
  else main.querySelector('h2')?.focus()
}

function toggleMeanings() {
  main.classList.toggle('meanings')
}

/**
 * Chooses a value of the question that has the focus, else of the first, and goes to the next.
 * @param {string} key
 */
function choose(key) {
  const sets = [...main.querySelectorAll('fieldset')]
  const place = Math.max(sets.findIndex(set => set.contains(document.activeElement)), 0)
  const radios = [...(sets[place]?.querySelectorAll('input') ?? [])]
  const radio = radios.find(each => each.parentElement?.querySelector('kbd')?.textContent === key)
  if (!radio) return
  radio.checked = true
  const following = sets[place + 1]?.querySelector('input:checked') ?? sets[place + 1]?.querySelector('input')
  const target = following ?? main.querySelector('.keep')
  if (target instanceof HTMLElement) target.focus()
}

document.addEventListener('keydown', event => {
  const isTyping = event.target instanceof HTMLInputElement && event.target.type !== 'radio'
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !order.length) return
  const { key } = event
  if (key === 'g') toggleGuideline()
  else if (key === 'b') go(at - 1)
  else if (at === order.length) return
  else if (key === 's') go(next(at + 1))
  else if (key === '?') toggleMeanings()
  else if (key === '-' || KEYS.includes(key)) choose(key)
  else return
  event.preventDefault()
})
addEventListener('beforeunload', event => { if (!isKept) event.preventDefault() })

load()
begin()
