// Pictures of works that belong together: by their words, by authors, by citations of one another.

import { rowsOf } from './facets.js'
import { layOut } from './layout.js'
import { split } from '../text/text.js'
import { markedTitle } from '../text/work.js'

/** @import { Graph } from '../types.js' */
/** @import { Model } from './model.js' */
/** @import { Words } from './related.js' */

/** Works of a picture; more cannot be told apart. */
export const MOST = 300
/** Works that each is linked to on the map. */
export const NEAREST = 3
/** Works of a name that are all linked with each other. */
export const FEW = 12
const SIZES = { unknown: 0.65, least: 0.75, most: 1.8 } // times the usual radius of a dot
const LONGEST = 18 // letters of a name in a label
/** Words that end the name of a group. */
const GROUP = /^(AI|Collaboration|Consortium|Group|Labs?|Project|Research|Team|Workshop)$/i
const SUFFIX = /^([JS]r\.?|I{2,3}|IV)$/

/** @typedef {Graph['links']} Links */

/**
 * The map of similarity: each work linked to the nearest of the others.
 * @param {Model} model
 * @param {Words} words
 * @param {number[]} asked
 */
export function similarityMap(model, words, asked) {
  const numbers = asked.slice(0, MOST)
  /** @type {Links} */
  const links = []
  numbers.forEach((number, source) => {
    for (const { number: other, score, shared } of words.related(number, NEAREST, numbers)) {
      const target = numbers.indexOf(other)
      const isKnown = links.some(link => link.source === target && link.target === source)
      if (!isKnown) links.push({ source, target, weight: score, names: shared })
    }
  })
  return draw(model, numbers, links, asked.length, asked.length)
}

/**
 * The network of works that print the same author names; works that share none are left out.
 * @param {Model} model
 * @param {number[]} asked
 */
export function authorNetwork(model, asked) {
  const { start, columns: [names] } = model.authors
  /** @type {Map<string, number[]>} */
  const printedBy = new Map()
  for (const number of asked) {
    for (const name of new Set(rowsOf(start, number).map(row => names.at(row)))) {
      const works = printedBy.get(name)
      if (works) works.push(number)
      else printedBy.set(name, [number])
    }
  }
  const shared = [...printedBy].filter(([, works]) => works.length > 1)
  const { numbers, linked } = chooseLinked(asked, shared.map(([, works]) => works))
  const placeOf = new Map(numbers.map((number, place) => [number, place]))
  /** @type {Map<number, Links[0]>} */
  const links = new Map()
  for (const [name, works] of shared) {
    const places = works.flatMap(number => placeOf.get(number) ?? [])
    places.forEach((source, at) => {
      const others = places.slice(at + 1)
      for (const target of places.length > FEW ? others.slice(0, 1) : others) {
        const key = source * MOST + target
        const link = links.get(key) ?? { source, target, weight: 0, names: [] }
        link.weight++
        link.names.push(name)
        links.set(key, link)
      }
    })
  }
  return draw(model, numbers, [...links.values()], asked.length, linked)
}

/**
 * The network of works that cite one another; works that neither cite nor are cited are left out.
 * @param {Model} model
 * @param {number[]} asked
 * @param {[citing: number, cited: number][]} cites one for each source that says so
 */
export function citationNetwork(model, asked, cites) {
  const among = new Set(asked)
  const own = cites.filter(pair => pair.every(number => among.has(number)))
  const { numbers, linked } = chooseLinked(asked, own)
  const placeOf = new Map(numbers.map((number, place) => [number, place]))
  /** @type {Map<string, Links[0]>} */
  const links = new Map()
  for (const pair of own) {
    const [source, target] = pair.map(number => placeOf.get(number) ?? -1)
    if (source >= 0 && target >= 0) links.set(`${pair}`, { source, target, weight: 1, names: [] })
  }
  return draw(model, numbers, [...links.values()], asked.length, linked)
}

/**
 * The works that are drawn, each with those that it belongs to, as far as they fit; and how many
 * belong to another at all.
 * @param {number[]} asked
 * @param {number[][]} groups works that belong together
 */
function chooseLinked(asked, groups) {
  /** @type {Map<number, number[][]>} */
  const groupsOf = new Map()
  for (const works of groups) {
    for (const number of works) {
      const own = groupsOf.get(number)
      if (own) own.push(works)
      else groupsOf.set(number, [works])
    }
  }
  const chosen = new Set()
  for (const number of asked) {
    const all = [number, ...(groupsOf.get(number) ?? []).flat()]
    for (const other of groupsOf.has(number) ? all : []) if (chosen.size < MOST) chosen.add(other)
  }
  return { numbers: asked.filter(number => chosen.has(number)), linked: groupsOf.size }
}

/**
 * @param {Model} model
 * @param {number[]} numbers
 * @param {Links} links
 * @param {number} asked
 * @param {number} linked how many of them belong to another
 * @returns {Graph}
 */
function draw(model, numbers, links, asked, linked) {
  const { title_plain, is_retracted, citation_count } = model.works
  const { start, codes } = model.facets.theme
  const counts = numbers.map(number => citation_count[number])
  const sizes = sizesOf(counts)
  const { x, y } = layOut(numbers.length, links, sizes)
  const labels = numbers.map(number => labelOf(model, number))
  const points = numbers.map((number, place) => ({
    number, x: x[place], y: y[place], size: sizes[place], cited: counts[place],
    title: markedTitle({
      title_plain: title_plain.at(number), is_retracted: is_retracted.at(number)
    }),
    label: apart(labels, place),
    theme: codes[start[number]] - 1, // before all themes stands 'not known'
    year: model.years[number] || null
  }))
  return { points, links, asked, left: linked - numbers.length, alone: asked - linked }
}

/**
 * A label, with a letter where it is that of several works.
 * @param {string[]} labels
 * @param {number} place
 */
export function apart(labels, place) {
  const same = labels.flatMap((label, other) => label === labels[place] ? other : [])
  const letter = 'abcdefghijklmnopqrstuvwxyz'[same.indexOf(place)]
  return labels[place] && same.length > 1 && letter ? labels[place] + letter : labels[place]
}

/**
 * How many times the usual radius dots have, by the logarithm of the number of citations, as a few
 * works have most of them; those of unknown number have least, and all are alike where none is known.
 * @param {(number | null)[]} counts
 */
export function sizesOf(counts) {
  if (counts.every(count => count === null)) return counts.map(() => 1)
  const most = Math.log1p(Math.max(1, ...counts.map(Number)))
  const { unknown, least } = SIZES
  return counts.map(count => count === null ? unknown
    : least + (SIZES.most - least) * Math.log1p(count) / most)
}

/**
 * The first author and the year, in short.
 * @param {Model} model
 * @param {number} number
 */
function labelOf({ authors: { start, columns: [names] }, years }, number) {
  const [row] = rowsOf(start, number)
  return `${row === undefined ? '' : shortName(names.at(row))} ${years[number] || ''}`.trim()
}

/**
 * The last word of a name, which mostly is that of the family; a group keeps its name.
 * @param {string} name
 */
export function shortName(name) {
  const words = split(name)
  if (words.length > 2 && SUFFIX.test(words[words.length - 1])) words.pop()
  const last = words[words.length - 1] ?? ''
  const letters = [...GROUP.test(last) || name.includes(',') ? words.join(' ') : last]
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST).join('')}…` : letters.join('')
}
