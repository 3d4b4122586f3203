// The engine in a Worker, and the page's end of the line to it: a call is a message each way.

import { loadPart } from '../load.js'
import { makeEngine } from './engine.js'

/** @import { Config, Engine } from '../types.js' */

/** @typedef {{ id: number, method: string, given: any[] }} Call */
/** @typedef {{ id: number, result?: any, error?: string }} Answer */

const STOPPED = 'the script that answers has stopped'

/** Answer calls from the page; `open` makes the engine. */
export function serve() {
  /** @type {any} */
  let engine
  const scope = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis))
  scope.onmessage = async ({ data }) => {
    const { id, method, given } = /** @type {Call} */ (data)
    try {
      const result = method === 'open' ? await open(given) : await engine[method](...given)
      scope.postMessage({ id, result }, result?.numbers ? [result.numbers.buffer] : [])
    } catch (error) {
      scope.postMessage({ id, error: /** @type {Error} */ (error).message })
    }
  }
  /** @param {any[]} given */
  async function open([config, base]) {
    const script = scope.location.href
    // The files are asked for first: a script that is loaded here stops all else meanwhile.
    const decompress = new Promise(resolve => setTimeout(resolve))
      .then(() => loadPart(script, 'large')).then(large => large.makeDecompress())
    engine = await makeEngine(config, base, () => loadPart(script, 'exports'), { decompress })
    const methods = Object.keys(engine).filter(name => typeof engine[name] === 'function')
    return { themes: engine.themes, years: engine.years, methods }
  }
}

/**
 * Start a Worker with this script, and give its engine as if it were here.
 * @param {string} script address of this script
 * @param {Config} config
 * @param {string} base address of the page
 * @returns {Promise<Engine>}
 */
export async function connect(script, config, base) {
  const worker = new Worker(script)
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
  const waiting = new Map()
  let last = 0
  let hasStopped = false
  const call = (/** @type {string} */ method, /** @type {any[]} */ given) =>
    new Promise((resolve, reject) => {
      if (hasStopped) return reject(new Error(STOPPED))
      waiting.set(++last, { resolve, reject })
      worker.postMessage({ id: last, method, given })
    })
  worker.onmessage = ({ data }) => {
    const { id, result, error } = /** @type {Answer} */ (data)
    const call = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) call?.resolve(result)
    else call?.reject(new Error(error))
  }
  worker.onerror = () => {
    hasStopped = true
    for (const { reject } of waiting.values()) reject(new Error(STOPPED))
    waiting.clear()
  }
  const { methods, ...facts } = await call('open', [config, base])
  const remote = (/** @type {string} */ method) => (/** @type {any[]} */ ...given) => call(method, given)
  return { ...facts, ...Object.fromEntries(methods.map(/** @param {string} method */ method =>
    [method, remote(method)])) }
}
