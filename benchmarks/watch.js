// Runs before any script of the page under test: notes when its rows are there, types a search as
// soon as there is a field for it, and watches the main thread. `watched` names what to look at.

window.watch = ((watched) => {
  const gaps = []
  const tasks = []
  const find = (selector) => document.querySelector(selector)
  const found = () => {
    const text = find(watched.found)?.textContent ?? ''
    const number = text.match(watched.number)?.[1]
    return number === undefined ? NaN : Number(number.replace(/\D/g, ''))
  }
  const firstRow = () => find(watched.row)?.textContent.toLowerCase() ?? ''

  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) tasks.push([startTime, duration])
  }).observe({ type: 'longtask', buffered: true })

  let before = 0
  const frame = (now) => {
    gaps.push([before, now - before])
    before = now
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)

  // The time after the first frame that shows what was asked for.
  const when = (check, seconds = 120) => new Promise((resolve, reject) => {
    const look = () => {
      if (check()) {
        const { port1, port2 } = new MessageChannel() // its message comes after the frame
        port1.onmessage = () => resolve(performance.now())
        port2.postMessage(null)
      } else if (performance.now() > seconds * 1000) {
        reject(new Error(`not shown: ${check}; found ${found()}`))
      } else {
        requestAnimationFrame(look)
      }
    }
    requestAnimationFrame(look)
  })

  const self = {
    acted: 0, // when the last click or input was made, by the browser's clock
    shows: (number, text) => found() === number && firstRow().includes(text.toLowerCase()),
    startsWith: (word) => find(watched.title)?.textContent.trim().toLowerCase().startsWith(word),
    rows: when(() => find(watched.row)?.getClientRects().length > 0),
    expect: (check) => { self.answer = when(check, performance.now() / 1000 + 60) },
    usable: null,
    longest: (from, to) => Math.max(0, ...tasks
      .filter(([start, length]) => start + length > from && start < to)
      .map(([, length]) => length)),
    gaps,
  }

  const field = when(() => find(watched.search) && !find(watched.search).disabled)
  self.usable = field.then(() => {
    const input = find(watched.search)
    input.value = watched.query
    input.dispatchEvent(new InputEvent('input', { bubbles: true }))
    return when(() => self.shows(watched.answer, watched.query))
  })

  for (const type of ['click', 'input', 'change']) {
    addEventListener(type, (event) => { self.acted = event.timeStamp }, true)
  }
  return self
})
