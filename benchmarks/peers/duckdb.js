// A small explorer over DuckDB-Wasm: a search, one facet with counts, a sort, the first 50 rows.
// `data.parquet` is read by the DuckDB that brings its Parquet reader, `data.arrow` by the newest.

import * as duckdb from 'duckdb'

const COLUMNS = ['title', 'authors', 'year', 'month', 'theme', 'category', 'venue', 'role',
  'polarity', 'finding']
const state = { search: '', themes: new Set(), sort: false }
const element = (id) => document.getElementById(id)
const quote = (text) => `'${text.replaceAll("'", "''")}'`

async function load() {
  const database = new duckdb.AsyncDuckDB(
    new duckdb.VoidLogger(), new Worker('duckdb-browser-eh.worker.js'))
  const [, data] = await Promise.all([
    database.instantiate(new URL('duckdb-eh.wasm', location).href),
    fetch(DATA).then((answer) => answer.arrayBuffer()),
  ])
  const connection = await database.connect()
  let from = 'data'
  if (DATA.endsWith('.parquet')) {
    await database.registerFileBuffer(DATA, new Uint8Array(data))
    from = `read_parquet('${DATA}')`
  } else {
    await connection.insertArrowFromIPCStream(new Uint8Array(data), { name: 'data', create: true })
  }
  await connection.query(`CREATE TABLE works AS SELECT *,
    lower(concat_ws(' ', title, authors, finding)) AS words FROM ${from}`)
  return connection
}

/** Where-clause of the state, without the themes for the counts of the themes themselves. */
function conditions(withThemes) {
  const parts = state.search.toLowerCase().split(/\s+/).filter(Boolean)
    .map((word) => `contains(words, ${quote(word)})`)
  if (withThemes && state.themes.size) {
    parts.push(`(${[...state.themes].map((t) => `contains(theme, ${quote(t)})`).join(' OR ')})`)
  }
  return parts.length ? `WHERE ${parts.join(' AND ')}` : ''
}

async function answer(connection) {
  const order = state.sort ? 'ORDER BY lower(title)' : 'ORDER BY number'
  const where = conditions(true)
  const [found, rows, themes] = await Promise.all([
    connection.query(`SELECT count(*)::INT AS n FROM works ${where}`),
    connection.query(`SELECT ${COLUMNS} FROM works ${where} ${order} LIMIT 50`),
    connection.query(`SELECT t, count(*)::INT AS n FROM
      (SELECT unnest(string_split(theme, '; ')) AS t FROM works ${conditions(false)})
      GROUP BY t ORDER BY t`),
  ])
  element('rows').replaceChildren(...rows.toArray().map((row) => {
    const line = document.createElement('tr')
    line.append(...COLUMNS.map((name) => {
      const cell = document.createElement('td')
      cell.textContent = row[name]
      return cell
    }))
    return line
  }))
  element('found').textContent = `${found.toArray()[0].n} works`
  element('themes').replaceChildren(...themes.toArray().map(({ t, n }) => {
    const label = document.createElement('label')
    const box = document.createElement('input')
    Object.assign(box, { type: 'checkbox', value: t, checked: state.themes.has(t) })
    label.append(box, `${t} (${n})`)
    return label
  }))
}

const connection = await load()
const show = () => answer(connection)
element('search').addEventListener('input', ({ target }) => { state.search = target.value; show() })
element('sort').addEventListener('click', () => { state.sort = true; show() })
element('themes').addEventListener('change', ({ target: { value, checked } }) => {
  if (checked) state.themes.add(value); else state.themes.delete(value)
  show()
})
await show()
element('search').disabled = false
