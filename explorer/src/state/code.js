// The code that gives the view of the page: Python, and the command line.

import { FLAGS, LISTS } from '../shared.js'
import { codePoint } from '../text/text.js'

/** @import { Config, ExportFormat, State } from '../types.js' */

/**
 * Python that gives the works of a state, in its order, and writes them in a format.
 * @param {State} state
 * @param {Config} config
 * @param {ExportFormat} format
 * @param {string} file
 */
export function pythonOf(state, config, format, file) {
  const given = conditionsOf(state).map(([name, value]) => `    ${name}=${python(value)},\n`)
  return `import citehub\n\n${config.release === null ? '' : FOLDER}` +
    `hub = citehub.load(${config.release === null
      ? `${python(config.hub)}, version=${python(config.version)}`
      : python(config.release)})\n` +
    (given.length ? `works = hub.select(\n${given.join('')})\n` : 'works = hub.select()\n') +
    (format === 'apa' // a style of single references, no format of the library
      ? 'print(*(hub.cite("apa", of=work) for work in works), sep="\\n")\n'
      : `works.export(${python(format)}).save(${python(file)})\n`)
}

/**
 * The command line that exports the works of a state, in its order; '' where there is none.
 * @param {State} state
 * @param {Config} config
 * @param {ExportFormat} format
 */
export function commandOf(state, config, format) {
  if (format === 'apa') return ''
  const words = ['citehub', 'export', ...(config.release === null
    ? [shell(config.hub), '--version', shell(config.version)]
    : [shell(config.release)]), '-f', format]
  for (const [name, value] of conditionsOf(state)) {
    const option = `--${name.replaceAll('_', '-')}`
    if (typeof value === 'boolean') words.push(value ? option : NEGATED[name])
    else if (name === 'year') words.push(`${option}=${[...new Set([value].flat())].join('-')}`)
    else for (const each of [value].flat()) words.push(`${option}=${shell(`${each}`)}`)
  }
  return words.join(' ')
}

const FOLDER = '# the folder of the data beside this page, on your machine\n'
/** @type {Record<string, string>} */
const NEGATED = {
  labelled: '--not-labelled', shared_authors: '--no-shared-authors', code: '--no-code'
}

/** @typedef {string | string[] | boolean | [number, number]} Value */

/**
 * The conditions that are set, in the order of the parameters of `hub.select()`.
 * @param {State} state
 * @returns {[string, Value][]}
 */
function conditionsOf(state) {
  /** @type {[string, Value | null][]} */
  const all = [
    ...LISTS.map(name => /** @type {[string, Value]} */ ([name, state[name]])),
    ['year', state.year],
    ...FLAGS.map(name => /** @type {[string, boolean | null]} */ ([name, state[name]])),
    ['related_to', state.related_to],
    ['authors_of', state.authors_of],
    ['search', state.search],
    ['sort', sortOf(state)]
  ]
  return /** @type {[string, Value][]} */ (all.filter(([, value]) =>
    value !== null && value !== '' && !(Array.isArray(value) && !value.length)))
}

/**
 * The order, where it is not the one that comes without saying.
 * @param {State} state
 */
function sortOf({ sort, search, related_to: related, representatives }) {
  const first = search ? 'relevance' : related ? 'nearness' : 'hub'
  const wanted = sort || first
  const silent = first === 'hub' && representatives.length ? '' : first
  return wanted === silent ? '' : wanted
}

/**
 * A list is any of its values, and a tuple a first and a last year.
 * @param {Value} value
 * @returns {string}
 */
function python(value) {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return quote(value)
  if (isYears(value)) return value[0] === value[1] ? `${value[0]}` : `(${value.join(', ')})`
  const parts = value.map(quote)
  return parts.length === 1 ? parts[0] : `[${parts.join(', ')}]`
}

/** @param {string[] | [number, number]} value @returns {value is [number, number]} */
const isYears = value => typeof value[0] === 'number'

/**
 * Returns text with some signs as escapes, which Python, Bash and Zsh read; by default those that
 * cannot be seen: some would end a word as soon as a terminal takes them, and run what follows.
 * @param {string} text
 */
const escaped = (text, signs = /[\p{C}\p{Zl}\p{Zp}]/gu) => text.replace(signs, sign =>
  `\\U${codePoint(sign).toString(16).padStart(8, '0')}`)

/** @param {string} text */
const quote = text => escaped(JSON.stringify(text))

/** @param {string} text */
export function shell(text) {
  if (/^[\w.,:/@%+-]+$/.test(text)) return text
  const line = text.replaceAll('\n', ' ') // which may stand in quotes
  return escaped(line) === line
    ? `'${text.replaceAll("'", `'\\''`)}'`
    : `$'${escaped(text, /[\p{C}\p{Zl}\p{Zp}\\'!]/gu)}'`
}
