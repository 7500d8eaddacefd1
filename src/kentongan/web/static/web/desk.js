// The duty desk: one line is chosen, single keys act on it, and the queue is replaced when it changed. Without this module
// every line is reached with Tab and every deed by its link or button.
import { fetched, watch } from './live.js'

const REFRESH_MS = 60000 // the clocks go on while nothing changes
const SWITCH = 'kentongan.desk.keys'
const FIELDS = 'input, textarea, select, [contenteditable]'

const queue = () => document.querySelector('[data-desk]')
const lines = () => [...document.querySelectorAll('[data-line]')]
const dialog = document.querySelector('[data-desk-dialog]')
const isOn = document.querySelector('[data-desk-keys]')
const help = document.querySelector('[data-desk-help]')
const said = document.querySelector('[data-desk-said]')
let chosen = ''

const current = () => lines().find((line) => line.dataset.line === chosen)

// The chosen line alone is a stop of Tab, with its deeds; the others are reached by the arrows.
const choose = (line, { focus = false } = {}) => {
  chosen = line?.dataset.line ?? ''
  for (const one of lines()) {
    const isChosen = one === line
    one.classList.toggle('desk__line--chosen', isChosen)
    if (isChosen) one.setAttribute('aria-current', 'true')
    else one.removeAttribute('aria-current')
    for (const stop of one.querySelectorAll('a, button, summary')) stop.tabIndex = isChosen ? 0 : -1
  }
  if (line && focus) {
    line.querySelector('[data-open]').focus({ preventScroll: true })
    line.scrollIntoView({ block: 'nearest' })
  }
}

const move = (by) => {
  const all = lines()
  if (!all.length) return
  const at = all.indexOf(current())
  const isFocused = queue().contains(document.activeElement)
  const to = at < 0 || !isFocused ? Math.max(at, 0) : Math.min(Math.max(at + by, 0), all.length - 1)
  choose(all[to], { focus: true })
}

const act = (key) => {
  const deed = current()?.querySelector(`[data-deed="${key}"]`)
  deed?.click()
  return Boolean(deed)
}

const onKey = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && event.key.length === 1 && !'jk'.includes(event.key)) return
  if (dialog.open || event.target.closest?.(FIELDS)) return
  if (event.key === '?') dialog.showModal()
  else if (['ArrowDown', 'ArrowUp'].includes(event.key) && queue().contains(event.target)) move(event.key === 'ArrowDown' ? 1 : -1)
  else if (!isOn.checked) return
  else if (event.key === 'j') move(1)
  else if (event.key === 'k') move(-1)
  else if (event.key === 'Enter' && event.target === document.body && current()) current().querySelector('[data-open]').click()
  else if (!(/^[a-z]$/.test(event.key) && act(event.key))) return
  event.preventDefault()
}

// What of the queue had the focus: the line, and which of its stops.
const held = () => {
  const line = document.activeElement?.closest?.('[data-line]')
  const stops = line ? [...line.querySelectorAll('a, button, summary')] : []
  return line && { line: line.dataset.line, stop: stops.indexOf(document.activeElement), place: lines().indexOf(line) }
}

const refresh = async () => {
  const newer = (await fetched(queue().dataset.queueAddress)).querySelector('[data-desk]')
  if (!newer) throw new Error('no queue')
  const focus = held()
  const open = new Set([...document.querySelectorAll('[data-line] details[open]')].map((more) => more.closest('[data-line]').dataset.line))
  const isNews = newer.dataset.said !== queue().dataset.said
  const place = lines().indexOf(current())
  queue().replaceWith(newer)
  for (const line of lines()) {
    const more = line.querySelector('details')
    if (more && open.has(line.dataset.line)) more.open = true
  }
  const all = lines()
  choose(current() ?? all[Math.min(Math.max(place, 0), all.length - 1)])
  if (focus) {
    const line = all.find((one) => one.dataset.line === focus.line)
    const stops = line ? [...line.querySelectorAll('a, button, summary')] : []
    const target = stops[focus.stop] ?? (line ?? current())?.querySelector('[data-open]')
    target?.focus({ preventScroll: true })
  }
  if (isNews) said.textContent = newer.dataset.said
}

isOn.checked = localStorage.getItem(SWITCH) !== 'off'
isOn.addEventListener('change', () => localStorage.setItem(SWITCH, isOn.checked ? 'on' : 'off'))
help.hidden = false
help.addEventListener('click', () => dialog.showModal())
document.addEventListener('keydown', onKey)
document.addEventListener('focusin', (event) => {
  const line = event.target.closest?.('[data-line]')
  if (line && line.dataset.line !== chosen) choose(line)
})
choose(lines()[0])
watch(queue().dataset.markAddress, () => queue().dataset.mark, refresh)
setInterval(() => { if (!document.hidden) refresh().catch(() => {}) }, REFRESH_MS)
