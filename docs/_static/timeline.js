// One tab stop for the marks of a timeline: arrow keys go from paper to paper, Escape hides a card.
// Without this script each mark is a link of its own.

for (const timeline of document.querySelectorAll('.citehub-timeline')) {
  const rows = [...timeline.querySelectorAll('.track')].map(track => [...track.querySelectorAll('a')])
    .filter(row => row.length)
  const place = mark => mark.getBoundingClientRect().left
  const nearest = (row, mark) => row.reduce((one, two) =>
    Math.abs(place(two) - place(mark)) < Math.abs(place(one) - place(mark)) ? two : one)

  /** Returns the mark that a key leads to, if it is one of ours. */
  function goal(key, mark) {
    const at = rows.findIndex(row => row.includes(mark))
    const row = rows[at]
    switch (key) {
      case 'ArrowRight': return row[row.indexOf(mark) + 1] ?? mark
      case 'ArrowLeft': return row[row.indexOf(mark) - 1] ?? mark
      case 'ArrowDown': return rows[at + 1] ? nearest(rows[at + 1], mark) : mark
      case 'ArrowUp': return rows[at - 1] ? nearest(rows[at - 1], mark) : mark
      case 'Home': return row[0]
      case 'End': return row.at(-1)
    }
  }

  function makeStop(stop) {
    for (const mark of rows.flat()) mark.tabIndex = mark === stop ? 0 : -1
  }

  if (rows.length) makeStop(rows[0][0])
  timeline.addEventListener('focusin', ({ target }) => {
    if (target.matches('.paper')) makeStop(target)
  })
  timeline.addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
    const next = event.target.matches('.paper') && goal(event.key, event.target)
    if (next) {
      event.preventDefault()
      next.focus()
    }
  })
  // Whoever wants to see what a card covers hides it, until pointer or focus move on.
  const show = () => timeline.classList.remove('no-card')
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') timeline.classList.add('no-card')
  })
  timeline.addEventListener('focusin', show)
  timeline.addEventListener('pointerover', ({ target }) => target.closest('.paper') && show())
}
