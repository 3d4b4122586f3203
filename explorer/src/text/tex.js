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
const ESCAPES = {
  '\\': '\\textbackslash{}',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  '<': '$<$', // Zotero and pandoc do not know \textless
  '>': '$>$',
  '|': '$|$'
}
/** @type {Record<string, string>} */
const UNBALANCED = { '{': '\\textbraceleft{}', '}': '\\textbraceright{}' }

/**
 * Returns text that TeX prints as it stands; mathematics of letters, scripts and Greek stays TeX.
 * Braces that do not balance come out as commands, as BibTeX counts even escaped ones.
 * @param {string} text
 */
export function escapeTex(text) {
  const line = cleanLine(text)
  const escapes = isBalanced(line) ? ESCAPES : { ...ESCAPES, ...UNBALANCED }
  return line.replace(ESCAPED, (sign, math, first) => {
    if (math) return math
    return first ? `${first}{}` : escapes[sign] ?? `\\${sign}`
  })
}

/** @param {string} text */
function isBalanced(text) {
  let depth = 0
  for (const brace of text.match(/[{}]/g) ?? []) {
    depth += brace === '{' ? 1 : -1
    if (depth < 0) return false
  }
  return depth === 0
}
