// The explorer of a citation hub. One script for the page and for its Worker.

import { makeEngine } from './engine/engine.js'
import { connect, serve } from './engine/serve.js'
import { loadPart, loadScript } from './load.js'
import { startPage } from './page/app.js'
import { emptyState, writeAddress } from './state/address.js'
import { shell } from './state/code.js'

/** @import { Config } from './types.js' */

if (typeof document === 'undefined') serve()
else start(/** @type {HTMLScriptElement} */ (document.currentScript).src)

/** @param {string} script address of this script */
async function start(script) {
  const root = document.getElementById('citehub-explorer')
  if (!root) return
  /** @type {Config} */
  const config = JSON.parse(root.dataset.config ?? '')
  takeSearch()
  tellAddress()
  try {
    await startPage(root, config, Promise.all([
      open(config, script), isLarge(config) ? loadPart(script, 'large') : null
    ]))
  } catch (error) {
    const note = document.getElementById('cx-note')
    if (note) note.textContent = `${explain(error)} ${plainList(config)}`
  }
}

/** Makes the search of another page's form, `?search=…`, that of the fragment. */
function takeSearch() {
  const search = new URLSearchParams(location.search).get('search')
  if (!search || location.hash) return
  history.replaceState(null, '', location.pathname + writeAddress({ ...emptyState(), search }))
}

/** Puts the address of a published folder where its page says to add it. */
function tellAddress() {
  const place = document.getElementById('cx-address')
  if (place && location.protocol !== 'file:') place.textContent = shell(new URL('.', document.baseURI).href)
}

/**
 * Tell whether a hub is too large for the page itself and for a script of its files.
 * @param {Config} config
 */
function isLarge({ inline }) {
  return inline === null
}

/** @param {Config} config @param {string} script */
async function open(config, script) {
  const base = document.baseURI
  const loadExports = () => loadPart(script, 'exports')
  if (location.protocol === 'file:') {
    return makeEngine(config, base, loadExports, { inline: await loadInline(config) })
  }
  if (isLarge(config)) return connect(script, config, base)
  await new Promise(resolve => setTimeout(resolve)) // the plain list is drawn first
  return makeEngine(config, base, loadExports)
}

/** @param {Config} config @returns {Promise<Record<string, string>>} */
async function loadInline({ inline }) {
  if (!inline) {
    throw new Error('a hub of this size needs a web server, such as python -m http.server')
  }
  await loadScript(new URL(inline, document.baseURI).href)
  return /** @type {any} */ (globalThis).citehubFiles ?? {}
}

/** @param {Config} config */
function plainList(config) {
  return isLarge(config)
    ? 'This is the beginning of the plain list; links below it lead to all of it.'
    : 'This is the plain list: it is whole.'
}

/** @param {unknown} error */
function explain(error) {
  console.info(error)
  return `Search and filters could not start: ${/** @type {Error} */ (error).message}.`
}
