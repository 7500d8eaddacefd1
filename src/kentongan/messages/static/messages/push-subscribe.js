// Subscribes this browser to notices: asks for permission on a click, registers the worker, hands the keys to the server.
const form = document.getElementById('push-subscribe')
const unavailable = document.getElementById('push-unavailable')
const denied = document.getElementById('push-denied')

const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0))
const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')

const fail = (why) => {
  if (why) denied.textContent = why
  denied.hidden = false
}

const subscribe = async () => {
  denied.hidden = true
  if ((await Notification.requestPermission()) !== 'granted') return fail()
  await navigator.serviceWorker.register(form.dataset.worker)
  const registration = await navigator.serviceWorker.getRegistration(form.dataset.worker)
  const key = bytesOf(form.dataset.key)
  const present = await registration.pushManager.getSubscription()
  if (present && textOf(present.options.applicationServerKey) !== form.dataset.key) await present.unsubscribe()
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
  const told = new FormData(form)
  told.set('endpoint', made.endpoint)
  told.set('p256dh', textOf(made.getKey('p256dh')))
  told.set('auth', textOf(made.getKey('auth')))
  const answer = await fetch(form.action, { method: 'POST', body: told, headers: { Accept: 'application/json' } })
  if (answer.ok) return location.reload()
  const refusal = await answer.json().catch(() => ({}))
  fail(refusal.error)
}

if (form && 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window) {
  form.hidden = false
  unavailable.hidden = true
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    subscribe().catch(() => fail())
  })
}
