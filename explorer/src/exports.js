// The formats of other tools, which most visits do not ask for. A script of its own.

import { exported } from './export/index.js'
import { givePart } from './load.js'

export const exports = { exported }

givePart({ exports })
