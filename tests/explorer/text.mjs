// Reads names of the explorer's functions and texts; prints what each function makes of each text.

import { readFileSync } from 'node:fs'
import { pageOf, parseIdentifier } from '../../explorer/src/text/identifiers.js'
import { escapeTex } from '../../explorer/src/text/tex.js'
import { byCodePoint, cleanLine, isWebAddress, split, strip } from '../../explorer/src/text/text.js'
import { Lines, words } from '../../explorer/src/text/words.js'

const FUNCTIONS = {
  cleanLine,
  escapeTex,
  fold(text) {
    const lines = new Lines()
    for (const line of text.split('\n')) {
      const bytes = new TextEncoder().encode(line)
      lines.add(bytes, 0, bytes.length)
      lines.end()
    }
    return lines.take().split('\n', text.split('\n').length).map(line => line.trim()).join('\n')
  },
  identifier(text) {
    const found = parseIdentifier(text)
    return found && [found.scheme, found.value, pageOf(found)]
  },
  isWebAddress,
  sort: texts => texts.toSorted(byCodePoint),
  split,
  strip,
  words
}
const [names, texts] = JSON.parse(readFileSync(0, 'utf8'))
console.log(JSON.stringify(names.map(name => texts.map(text => FUNCTIONS[name](text)))))
