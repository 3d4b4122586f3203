// The engine in a Worker, and the page's end of the line to it: a call is a message each way.

import { loadPart } from '../load.js'
import { makeEngine } from './engine.js'
import { openTables } from './files.js'
import { readRows, receiveRows, sendRows } from './rows.js'

/** @import { Config, Engine } from '../types.js' */

/** @typedef {{ id: number, method: string, given: any[] }} Call */
/** @typedef {{ id: number, result?: any, error?: string }} Answer */

const STOPPED = 'the script that answers has stopped'

/** Answer calls from the page: `open` makes the engine, `rows` reads for that of another Worker. */
export function serve() {
  /** @type {any} */
  let engine
  const scope = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis))
  scope.onmessage = async ({ data }) => {
    const { id, method, given } = /** @type {Call} */ (data)
    try {
      const result = await (method === 'open' ? open(given)
        : method === 'rows' ? rows(given) : engine[method](...given))
      scope.postMessage({ id, result }, result?.numbers ? [result.numbers.buffer] : [])
    } catch (error) {
      scope.postMessage({ id, error: /** @type {Error} */ (error).message })
    }
  }
  /** The files are asked for first: a script that is loaded here stops all else meanwhile. */
  const loadDecompress = () => new Promise(resolve => setTimeout(resolve))
    .then(() => loadPart(scope.location.href, 'large')).then(large => large.makeDecompress())
  /** @param {any[]} given */
  async function open([config, base, port]) {
    engine = await makeEngine(config, base, () => loadPart(scope.location.href, 'exports'),
      { decompress: loadDecompress(), rows: receiveRows(port) })
    const methods = Object.keys(engine).filter(name => typeof engine[name] === 'function')
    return { themes: engine.themes, years: engine.years, methods }
  }
  /** @param {any[]} given */
  function rows([config, base, port]) {
    const tables = openTables(config, base, { decompress: loadDecompress() })
    return sendRows(port, ids => readRows(tables, ids))
  }
}

/**
 * Start a Worker with this script, and give its engine as if it were here. A second one reads
 * rows for it, and ends.
 * @param {string} script address of this script
 * @param {Config} config
 * @param {string} base address of the page
 * @returns {Promise<Engine>}
 */
export async function connect(script, config, base) {
  const { port1, port2 } = new MessageChannel()
  const [worker, reader] = [startWorker(script), startWorker(script)]
  const read = reader.call('rows', [config, base, port1], port1)
  const opened = worker.call('open', [config, base, port2], port2)
  const [{ methods, ...facts }] = await Promise.all([opened, read]).finally(reader.end)
  const remote = (/** @type {string} */ method) => (/** @type {any[]} */ ...given) =>
    worker.call(method, given)
  return { ...facts, ...Object.fromEntries(methods.map(/** @param {string} method */ method =>
    [method, remote(method)])) }
}

/** @param {string} script */
function startWorker(script) {
  const worker = new Worker(script)
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
  const waiting = new Map()
  let last = 0
  let hasStopped = false
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
  return {
    end: () => worker.terminate(),
    /**
     * @param {string} method
     * @param {any[]} given
     * @param {...Transferable} moved of what is given
     */
    call: (method, given, ...moved) => new Promise((resolve, reject) => {
      if (hasStopped) return reject(new Error(STOPPED))
      waiting.set(++last, { resolve, reject })
      worker.postMessage({ id: last, method, given }, moved)
    })
  }
}
