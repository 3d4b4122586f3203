// Reads columns and rows of a release as the explorer does.
import { readFileSync } from 'node:fs'
import { openTables } from '../../explorer/src/engine/files.js'

const { config, files, table, columns } = JSON.parse(readFileSync(0, 'utf8'))
const tables = openTables(config, 'file:///', { inline: files })
const texts = await tables.columns(table, columns)
const [row] = await tables.slice(table, 0, 1)
const [part] = await tables.slice(table, 0, 1, columns)
console.log(JSON.stringify({
  columns: texts.map(column => column.strings ? column.strings().slice(0, 2) : column.slice(0, 2)),
  row, part
}))
