// Answers states over a release folder, for tests: JSON in on standard input, JSON out.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { makeEngine } from '../../explorer/src/engine/engine.js'
import { exports } from '../../explorer/src/exports.js'
import { emptyState } from '../../explorer/src/state/address.js'
import { commandOf, pythonOf } from '../../explorer/src/state/code.js'

/** @param {string | URL} url @param {{ headers?: { Range?: string } }} [options] */
globalThis.fetch = async (url, { headers } = {}) => {
  const bytes = readFileSync(fileURLToPath(url))
  const range = /bytes=(\d+)-(\d+)/.exec(headers?.Range ?? '')
  if (!range) return new Response(bytes)
  const [from, to] = [Number(range[1]), Number(range[2]) + 1]
  return new Response(bytes.subarray(from, to), {
    status: 206, headers: { 'Content-Range': `bytes ${from}-${to - 1}/${bytes.length}` }
  })
}

const { base, config, states } = JSON.parse(readFileSync(0, 'utf8'))
const engine = await makeEngine(config, base, async () => exports)
const answers = []
for (const patch of states) {
  const state = { ...emptyState(), ...patch }
  const { numbers, counts, unknown } = await engine.view(state)
  const entries = await engine.entries([...numbers])
  answers.push({
    ids: entries.map(entry => entry.work_id),
    counts,
    unknown,
    python: pythonOf(state, config, 'csv', 'works.csv'),
    command: commandOf(state, config, 'csv')
  })
}
const related = []
for (let number = 1; number <= Math.min(config.n, 50); number++) {
  related.push(await engine.related(number, 10))
}
const formats = ['bibtex', 'ris', 'csl-json', 'csv', 'graphml', 'apa']
const every = Array.from({ length: config.n }, (_, at) => at + 1)
const exported = {}
for (const format of formats) {
  const made = [await engine.exported(format, every), await engine.exported(format, [2, 1])]
  exported[format] = await Promise.all(made.map(blob => blob.text()))
}
console.log(JSON.stringify({ answers, related, exported }))
