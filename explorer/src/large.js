// What only hubs of many works need: a quicker decoder of Parquet pages, and a list that draws
// what is seen. A script of its own, which the page and its Worker load when they need it.

import { ZSTDDecoder } from 'zstddec'
import { givePart } from './load.js'
import { largeList } from './page/large_list.js'

/** @returns {Promise<(input: Uint8Array, outputLength: number) => Uint8Array>} */
async function makeDecompress() {
  const decoder = new ZSTDDecoder()
  await decoder.init()
  return (input, outputLength) => decoder.decode(input, outputLength)
}

export const large = { makeDecompress, largeList }

givePart({ large })
