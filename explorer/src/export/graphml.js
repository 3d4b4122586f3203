// GraphML: the citation network, for Cytoscape, yEd, Gephi and igraph, as
// `citehub/export/graphml.py`.

import { codePoint } from '../text/text.js'
import { EDGE, edges, NODE, node } from './network.js'

/** @import { Format } from './index.js' */
/** @import { Attributes } from './network.js' */

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
const OPEN =
  '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"' +
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' +
  ' xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns' +
  ' http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
const GRAPH = { hub: 'string', data_version: 'string' }
const NOT_IN_IDS = /[^A-Za-z0-9.:\-]/gu
/** @type {Record<string, string>} */
const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#x27;' }

/**
 * The nodes, then the edges, from citing to cited work.
 * @type {Format}
 */
export const format = {
  hasCanonical: true,
  head: ({ hub, version }) => HEAD + OPEN +
    declare('graph', GRAPH) + declare('node', NODE) + declare('edge', EDGE) +
    `<graph edgedefault="directed">\n${data('graph', { hub, data_version: version })}\n`,
  rounds: [
    (record, facts) => {
      const { workId, attributes } = node(record, facts)
      return `<node id="${id(workId)}">${data('node', attributes)}</node>\n`
    },
    (record, facts, selected) => edges(record, facts, selected)
      .map(({ citing, cited, attributes }) =>
        `<edge source="${id(citing)}" target="${id(cited)}">` +
        `${data('edge', attributes)}</edge>\n`)
      .join('')
  ],
  tail: '</graph>\n</graphml>\n'
}

/**
 * An id of the letters that XML allows in a name token, as BibTeX keys are made.
 * @param {string} workId
 */
function id(workId) {
  return workId.replace(NOT_IN_IDS, letter => `_${codePoint(letter).toString(16)}_`)
}

/**
 * @param {string} place
 * @param {Record<string, string>} attributes
 */
function declare(place, attributes) {
  return Object.entries(attributes).map(([name, kind]) =>
    `<key id="${place}_${name}" for="${place}" attr.name="${name}" attr.type="${kind}"/>\n`
  ).join('')
}

/**
 * @param {string} place
 * @param {Attributes} attributes
 */
function data(place, attributes) {
  return Object.entries(attributes).map(([name, value]) =>
    `<data key="${place}_${name}">${escape(String(value))}</data>`).join('')
}

/** @param {string} text */
function escape(text) {
  return text.replace(/[&<>"']/g, sign => ENTITIES[sign])
}
