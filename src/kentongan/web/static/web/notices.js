// Keeps the number of unread notices in the head true while the page is looked at. Unchanged, the server answers 304.
const link = document.querySelector('[data-notices]')
const unread = link?.querySelector('[data-notices-unread]')
const number = link?.querySelector('[data-notices-number]')

// A page that asks for its own changes every second hears of most notices by them.
const EVERY_MS = document.querySelector('[data-mark-address], [data-live-address]') ? 5000 : 1000
const LONGEST_MS = 60000
let pause = EVERY_MS

const look = async () => {
  if (!document.hidden) {
    try {
      const answer = await fetch(link.dataset.notices, { redirect: 'error' })
      if (answer.status === 401 || answer.status === 403) return
      if (!answer.ok) throw new Error(answer.status)
      const told = String((await answer.json()).unread)
      if (told !== number.textContent) {
        number.textContent = told
        unread.hidden = told === '0'
      }
      pause = EVERY_MS
    } catch {
      pause = Math.min(pause * 2, LONGEST_MS)
    }
  }
  setTimeout(look, pause)
}

if (link) setTimeout(look, EVERY_MS)
