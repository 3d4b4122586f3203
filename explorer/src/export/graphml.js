// GraphML: the citation network, for Cytoscape, yEd, Gephi and igraph, as
// `citehub/export/graphml.py`.

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
      return `<node id="${escape(workId)}">${data('node', attributes)}</node>\n`
    },
    (record, facts, selected) => edges(record, facts, selected)
      .map(({ citing, cited, attributes }) =>
        `<edge source="${escape(citing)}" target="${escape(cited)}">` +
        `${data('edge', attributes)}</edge>\n`)
      .join('')
  ],
  tail: '</graph>\n</graphml>\n'
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
