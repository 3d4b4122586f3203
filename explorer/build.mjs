// Builds citehub/explorer/bundle: the script, its styles, and the licences of what is in it; and
// docs/_static/calculator.js, which is of the site alone.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'
import { minify } from 'terser'

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url))
const out = process.argv[2] ?? here('../citehub/explorer/bundle')
const site = process.argv[3] ?? here('../docs/_static')
const shared = /** @type {const} */ ({
  bundle: true, minify: true, target: 'es2022', charset: 'utf8', legalComments: 'none',
  logLevel: 'warning'
})

const SCRIPTS = {
  explorer: 'src/main.js', 'explorer-large': 'src/large.js', 'explorer-exports': 'src/exports.js',
  review: 'src/review.js'
}

/**
 * What of hyparquet no file of a release needs, as citehub writes them: encodings, compressions
 * and types of others. A file that has one ends as every file that cannot be read.
 */
const NOT_NEEDED = /hyparquet\/src\/(bloom|delta|geoparquet|snappy|variant|wkb|xxhash)\.js$/
/** What is needed for its name only: rows are never filtered while reading, no layout moves. */
const IDLE = new Map([
  [/hyparquet\/src\/filter\.js$/, `
    export const columnsNeededForFilter = () => []
    export const pathsNeededForFilter = columnsNeededForFilter
    export const canSkipRowGroup = () => false
    export const matchFilter = () => true
    export const filterPageRanges = columnsNeededForFilter`],
  [/d3-timer\.mjs$/, 'export const timer = () => ({ stop() {}, restart() {} })'],
  [/d3-dispatch\.mjs$/, 'export const dispatch = () => ({ call() {}, on() {} })']
])
const leaveOut = {
  name: 'leave-out',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    build.onLoad({ filter: NOT_NEEDED }, ({ path }) => ({
      contents: [...readFileSync(path, 'utf8').matchAll(/^export (?:async )?function\*? (\w+)/gm)]
        .map(([, name]) => `export function ${name}() { throw new Error('${name} is not read here') }`)
        .join('\n')
    }))
    for (const [filter, contents] of IDLE) build.onLoad({ filter }, () => ({ contents }))
  }
}

const scripts = await build({
  ...shared,
  plugins: [leaveOut],
  entryPoints: Object.fromEntries(Object.entries(SCRIPTS)
    .map(([name, path]) => [name, here(path)])),
  outdir: out, format: 'iife', metafile: true, absWorkingDir: here('.')
})
await build({
  ...shared, entryPoints: { calculator: here('src/calculator/main.js') }, outdir: site, format: 'iife'
})
const built = [...Object.keys(SCRIPTS).map(script => `${out}/${script}.js`), `${site}/calculator.js`]
for (const path of built) { // a twentieth smaller than by esbuild
  const { code } = await minify(readFileSync(path, 'utf8'), {
    ecma: 2020, toplevel: true, compress: { inline: 0, passes: 4, unsafe_arrows: true }
  })
  writeFileSync(path, `${code}\n`)
}
for (const name of ['explorer', 'page', 'review']) {
  await build({ ...shared, entryPoints: [here(`src/${name}.css`)], outfile: `${out}/${name}.css` })
}

const packages = new Set(Object.keys(scripts.metafile.inputs)
  .flatMap(path => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []))
const licences = [...packages].sort().map(name => {
  const { version, license } = JSON.parse(readFileSync(here(`node_modules/${name}/package.json`), 'utf8'))
  const text = readFileSync(here(`node_modules/${name}/LICENSE`), 'utf8').trim()
  return `${name} ${version} (${license})\n\n${text}\n`
})
writeFileSync(`${out}/explorer-licences.txt`,
  `The scripts hold code of these packages.\n\n${licences.join(`\n${'-'.repeat(72)}\n\n`)}`)
