// Reads works and selections of their numbers; prints the text of each selection in a format.

import { readFileSync } from 'node:fs'
import { exported } from '../../explorer/src/export/index.js'

const { format, facts, records, selections } = JSON.parse(readFileSync(0, 'utf8'))
const source = {
  read: async numbers => numbers.map(number => records[number]),
  idOf: number => records[number].work.work_id
}
const texts = []
for (const numbers of selections) {
  const bytes = await (await exported(format, numbers, source, facts)).arrayBuffer()
  texts.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
}
console.log(JSON.stringify(texts))
