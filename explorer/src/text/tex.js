// Text to TeX that prints as the text stands, as `citehub/_tex.py` writes it.

import { cleanLine } from './text.js'

const KEPT =
  'alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau' +
  '|upsilon|phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega' +
  '|infty|times|to|rightarrow|ell|pm'
const ARGUMENT = String.raw`(?:\{[A-Za-z0-9+\-=()]*\}|[A-Za-z0-9+\-=])`
const SCRIPTS = String.raw`(?:\^${ARGUMENT}(?:_${ARGUMENT})?|_${ARGUMENT}(?:\^${ARGUMENT})?)`
const SAFE_MATH =
  String.raw`\$(?=[^$]*[\\^_])(?:${SCRIPTS}(?![\^_])|\\(?:${KEPT})(?![A-Za-z])` +
  String.raw`|[A-Za-z0-9+\-=()/.,:; ])+\$`
// The second is the first sign of two that TeX would print as one, as two hyphens.
const ESCAPED = new RegExp(
  `(?<math>${SAFE_MATH})|(?=--|\`\`|''|\\?\`|!\`)(?<first>.)|[\\\\{}$&#%_^~<>|]`, 'g')
/** @type {Record<string, string>} */
const COMMANDS = {
  '\\': 'textbackslash{}',
  '{': 'textbraceleft{}', // BibTeX counts an escaped brace as a brace
  '}': 'textbraceright{}',
  '^': 'textasciicircum{}',
  '~': 'textasciitilde{}',
  '<': 'textless{}',
  '>': 'textgreater{}',
  '|': 'textbar{}'
}

/**
 * Returns text that TeX prints as it stands; mathematics of letters, scripts and Greek stays TeX.
 * @param {string} text
 */
export function escapeTex(text) {
  return cleanLine(text).replace(ESCAPED, (sign, math, first) => {
    if (math) return math
    return first ? `${first}{}` : `\\${COMMANDS[sign] ?? sign}`
  })
}
