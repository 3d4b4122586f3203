// Scripts that stand beside this one and come when they are needed. They are classic scripts, as
// modules do not load from disk; each leaves its part in `citehubParts`.

/**
 * The parts: for hubs of many works, and for taking works away.
 * @typedef {{ large: typeof import('./large.js')['large'],
 *   exports: typeof import('./exports.js')['exports'] }} Parts
 */

/**
 * Load a part of the explorer, in the page or in its Worker.
 * @template {keyof Parts} Name
 * @param {string} script address of this script
 * @param {Name} name
 * @returns {Promise<Parts[Name]>}
 */
export async function loadPart(script, name) {
  const address = new URL(`explorer-${name}.js`, script).href
  if (typeof document === 'undefined') importScripts(address)
  else await loadScript(address)
  return /** @type {any} */ (globalThis).citehubParts[name]
}

/**
 * Give a part to whoever loads it; the last line of its script.
 * @param {Partial<Parts>} part
 */
export function givePart(part) {
  const scope = /** @type {any} */ (globalThis)
  scope.citehubParts = { ...scope.citehubParts, ...part }
}

/**
 * Load a classic script.
 * @param {string} address
 */
export function loadScript(address) {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script')
    element.src = address
    element.onload = resolve
    element.onerror = () => reject(new Error(`${address.split('/').at(-1)} is missing`))
    document.head.append(element)
  })
}
