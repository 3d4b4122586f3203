// Names that address, engine and page agree on; they are those of `hub.select()`.

/** @import { FlagFacet, ListFacet, Sort } from '../types.js' */

/** @type {ListFacet[]} */
export const LISTS = ['theme', 'category', 'venue', 'role', 'polarity', 'representatives']
/** @type {FlagFacet[]} */
export const FLAGS = ['labelled', 'shared_authors', 'code']
/** @type {Sort[]} */
export const SORTS = ['hub', 'newest', 'oldest', 'title', 'relevance']
/** The value of works of which nothing is known in a respect. */
export const NOT_KNOWN = 'not known'
/** Letters of a search. */
export const LONGEST = 200
