// Elements of the page. Text from outside only ever becomes text nodes and attributes.

import { isWebAddress } from '../text/text.js'

/**
 * Returns an element: text as attributes, all else as properties, null as nothing.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [props]
 * @param {...(Node | string | null)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'string') node.setAttribute(name, value)
    else if (value !== null) Object.assign(node, { [name]: value })
  }
  node.append(...children.filter(child => child !== null))
  return node
}

/**
 * Returns a button that does something.
 * @param {string} label
 * @param {() => void} onclick
 * @param {Record<string, any>} [props]
 */
export const button = (label, onclick, props) =>
  el('button', { type: 'button', onclick, ...props }, label)

/**
 * Returns a link, or the label alone where the address is not one of the web.
 * @param {string | null | undefined} url
 * @param {string} label
 */
export const link = (url, label) => url && isWebAddress(url)
  ? el('a', { href: url, rel: 'noopener noreferrer' }, label)
  : el('span', {}, label)

/**
 * Makes the children of a node be these, in this order; those in their place are not touched,
 * so that the focus stays where it is.
 * @param {Node} parent
 * @param {Node[]} children
 */
export function arrange(parent, children) {
  const wanted = new Set(children)
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove()
  let next = parent.firstChild
  for (const child of children) {
    if (child === next) next = next.nextSibling
    else parent.insertBefore(child, next)
  }
}

/** @param {HTMLElement} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text
}

/**
 * Returns a number with commas; `toLocaleString` takes 20 ms where it is called first.
 * @param {number} number
 */
export const grouped = number => `${number}`.replace(/\B(?=(\d{3})+$)/g, ',')

/**
 * Returns a number and its noun, as `1 paper` and `1,200 papers`.
 * @param {number} number
 * @param {string} noun
 */
export const many = (number, noun) =>
  `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`
