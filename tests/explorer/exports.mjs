// Reads works and selections of their numbers; prints the text of each selection in a format.

import { readFileSync } from 'node:fs'
import { exported } from '../../explorer/src/export/index.js'

const { format, facts, records, selections } = JSON.parse(readFileSync(0, 'utf8'))
const texts = selections.map(numbers =>
  exported(format, numbers.map(number => records[number]), facts, records[0]))
console.log(JSON.stringify(texts))
