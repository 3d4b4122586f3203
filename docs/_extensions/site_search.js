// Papers first, and sentences as summaries. Sphinx puts this behind its searchtools.js.
{
  // [authors, identifiers] by page
  const PAPERS = {/* papers */}
  const FOLDER = 'citing/papers/'
  const HIDDEN = '.no-search, .headerlink, script, style, svg, aside'
  const BLOCKS = 'p, li, dd, td, caption'
  const LONGEST = 300 // letters of a summary
  const [NAME, AUTHOR, OTHER] = [50, 60, 14] // Sphinx gives 15 to a heading, 5 to a text

  if (location.protocol === 'file:') DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false // no fetch

  const wordsOf = text => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
    .split(/[^\p{L}\p{N}_]+/u).filter(Boolean)

  /** Returns how well a word is met by the words of a paper, from 0. */
  const weigh = (word, weights) => Math.max(0, ...[...weights].map(([other, weight]) =>
    other === word ? weight : word.length > 2 && other.startsWith(word) ? weight / 2 : 0))

  /** Returns the words by which a paper is known, each with its weight. */
  function weightsOf(title, authors) {
    const weights = new Map()
    const add = (words, weight) => words.forEach(word =>
      weights.set(word, Math.max(weight, weights.get(word) ?? 0)))
    add(wordsOf(title), OTHER)
    if (title.includes(':')) add(wordsOf(title.split(':')[0]), NAME)
    for (const author of authors) {
      const [, ...after] = author.trim().split(/\s+/) // a group has one word, and no family name
      add(wordsOf(author), OTHER)
      add(wordsOf(after.at(-1) ?? ''), AUTHOR)
    }
    return weights
  }

  function scoreOf(query, title, [authors, ids]) {
    const [id] = /\d{4}\.\d{4,5}|10\.\d{4,9}\/\S+/.exec(query.toLowerCase()) ?? []
    if (id) return ids.some(each => each.toLowerCase() === id) ? 100 : 0
    const words = wordsOf(query).filter(word => !stopwords.has(word))
    if (!words.length) return 0
    const weights = weightsOf(title, authors)
    const scores = words.map(word => weigh(word, weights))
    return scores.every(Boolean) ? scores.reduce((sum, score) => sum + score, 0) / scores.length : 0
  }

  /** Returns the papers that a query names, as results of Sphinx, the best one last. */
  function namedPapers(query) {
    const { docnames, titles, filenames } = Search._index
    return docnames.flatMap((page, at) => {
      const score = PAPERS[page] ? scoreOf(query, titles[at], PAPERS[page]) : 0
      return score
        ? [[page, titles[at], '', null, score, filenames[at], SearchResultKind.title]]
        : []
    }).sort(_orderResultsByScoreThenName)
  }

  /** Tells whether a name of the library has a word in its last part: all begin with citehub. */
  const isNamedSo = (name, words) => words.some(word => name.split('.').at(-1).toLowerCase().includes(word))

  Scorer.objNameMatch = 9 // and 5: below a heading
  const find = Search._performSearch
  Search._performSearch = (query, ...terms) => {
    const named = namedPapers(query)
    const isNamed = new Set(named.map(([page]) => page))
    const words = wordsOf(query)
    const found = find(query, ...terms).filter(([page, name, , , , , kind]) =>
      !isNamed.has(page) && (kind !== SearchResultKind.object || isNamedSo(name, words)))
    const papers = found.filter(([page]) => page.startsWith(FOLDER))
    const results = found.filter(([page]) => !page.startsWith(FOLDER))
    // A section that is headed by the query alone is about it.
    const isHeading = ([, name]) => wordsOf(name.split(' > ').at(-1)).join(' ') === words.join(' ')
    results.sort((one, two) => isHeading(one) - isHeading(two))
    // A word of most papers tells none from another.
    if (papers.length < Object.keys(PAPERS).length / 2) results.unshift(...papers)
    for (const paper of named) {
      let at = results.length
      while (at && results[at - 1][4] > paper[4]) at--
      results.splice(at, 0, paper)
    }
    return results
  }

  Search.makeSearchSummary = (htmlText, keywords, anchor) => {
    const page = new DOMParser().parseFromString(htmlText, 'text/html')
    page.querySelectorAll(HIDDEN).forEach(node => node.remove())
    const part = anchor && page.getElementById(anchor.slice(1)) ||
      page.querySelector('[role=main] article') || page.createElement('article')
    const texts = [...part.querySelectorAll(BLOCKS)].filter(node => !node.querySelector(BLOCKS))
      .map(node => node.textContent.replace(/\s+/g, ' ').trim()).filter(Boolean)
    const words = [...keywords]
    const hits = text => words.filter(word => text.toLowerCase().includes(word)).length
    const worth = text => 2 * hits(text) + (text.length > 40 ? 1 : 0)
    const best = texts.reduce((one, other) => worth(other) > worth(one) ? other : one, '')
    const summary = document.createElement('p')
    summary.className = 'context'
    summary.textContent = cut(best, words)
    return summary
  }

  /** Returns the part of a text about the first word, from the start of its sentence. */
  function cut(text, words) {
    if (text.length <= LONGEST) return text
    const [first = 0] = words.map(word => text.toLowerCase().indexOf(word)).filter(at => at >= 0)
    const sentence = text.lastIndexOf('. ', first) + 1
    const start = first - sentence < LONGEST / 2 ? sentence : text.lastIndexOf(' ', first - 60)
    const rest = text.length - start > LONGEST
    const end = rest ? text.lastIndexOf(' ', start + LONGEST) : text.length
    return `${start > 0 ? '… ' : ''}${text.slice(start, end).trim()}${rest ? ' …' : ''}`
  }
}
