// The two pictures of works that belong together: which are near, and which share authors.

import { rowsOf } from './facets.js'
import { layOut } from './layout.js'
import { markedTitle } from '../text/work.js'

/** @import { Graph } from '../types.js' */
/** @import { Model } from './model.js' */
/** @import { Words } from './related.js' */

/** Works of a picture; more cannot be told apart. */
export const MOST = 300
/** Works that each is linked to on the map. */
export const NEAREST = 3
const FEW = 12 // works of a name that are all linked with each other

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
 * The works that are drawn, each with those that it shares a name with, as far as they fit; and
 * how many share a name at all.
 * @param {number[]} asked
 * @param {number[][]} groups works that print the same name
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
  const { title_plain, is_retracted } = model.works
  const { x, y } = layOut(numbers.length, links)
  const points = numbers.map((number, place) => ({
    number, x: x[place], y: y[place], title: markedTitle({
      title_plain: title_plain.at(number), is_retracted: is_retracted.at(number)
    })
  }))
  return { points, links, asked, left: linked - numbers.length, alone: asked - linked }
}
