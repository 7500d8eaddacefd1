// Keeps the page of one record true: parts marked data-live are replaced when the record changed. A form that somebody is
// filling in is left alone, and the page says that there is something new.
import { fetched, watch } from './live.js'

const script = document.querySelector('script[data-live-address]')
const notice = document.querySelector('[data-live-changed]')
let mark = script.dataset.liveMark

// A list without a preset option begins with its first.
const isChosen = (list) => {
  const options = [...list.options]
  const preset = options.find((option) => option.defaultSelected) ?? options[0]
  return options.some((option) => option.selected !== (option === preset))
}

const isTyped = (part) => [...part.querySelectorAll('input:not([type=hidden]), textarea, select')].some((field) => (
  field === document.activeElement || (field.options ? isChosen(field) : field.value !== field.defaultValue)
))

// Each answer has a token of its own for its forms, which is no news.
const told = (part) => part.innerHTML.replaceAll(/(name="csrfmiddlewaretoken" value=")[^"]*/g, '$1')

const replace = async (newMark) => {
  const page = await fetched(location.href)
  for (const part of document.querySelectorAll('[data-live]')) {
    const newer = page.querySelector(`[data-live="${part.dataset.live}"]`)
    if (!newer || told(newer) === told(part)) continue
    if (isTyped(part)) notice.hidden = false
    else part.replaceWith(newer)
  }
  mark = newMark
}

// The words that a deed asks for: the address names them, so they are open and the first field has the focus.
const ask = () => {
  const asked = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (!asked) return
  const box = asked.closest('details, section')
  if (box instanceof HTMLDetailsElement) box.open = true
  box?.querySelector('input:not([type=hidden]), textarea, select')?.focus()
}

// After the browser has gone to the anchor, which takes the focus away.
addEventListener('load', () => setTimeout(ask))
addEventListener('hashchange', ask)
watch(script.dataset.liveAddress, () => mark, replace)
