// Asks a small address for its mark again and again while the page is looked at, and says when it is another one.
// Unchanged, the server answers 304. A server that does not answer is asked ever less often.
const EVERY_MS = 1000
const LONGEST_MS = 60000

export const watch = (address, mark, changed) => {
  let pause = EVERY_MS
  const look = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(address, { redirect: 'error' })
        if ([401, 403, 404].includes(answer.status)) return
        if (!answer.ok) throw new Error(answer.status)
        const told = (await answer.json()).mark
        if (told !== mark()) await changed(told)
        pause = EVERY_MS
      } catch {
        pause = Math.min(pause * 2, LONGEST_MS)
      }
    }
    setTimeout(look, pause)
  }
  setTimeout(look, EVERY_MS)
}

// Returns the document behind an address of this page, or throws.
export const fetched = async (address) => {
  const answer = await fetch(address, { redirect: 'error' })
  if (!answer.ok) throw new Error(answer.status)
  return new DOMParser().parseFromString(await answer.text(), 'text/html')
}
