// Shows what a push service hands over, and opens the page to which it leads. It keeps nothing and answers no request.
self.addEventListener('push', (event) => {
  let told = {}
  try {
    told = event.data ? event.data.json() : {}
  } catch {
    // a push that cannot be read is shown all the same: browsers withdraw the permission of silent ones
  }
  event.waitUntil(
    self.registration.showNotification(told.title || 'Kentongan', {
      body: told.body || '',
      tag: told.tag, // the same notice again replaces itself
      data: { link: told.link || '/pemberitahuan/' },
    }),
  )
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const target = new URL(event.notification.data.link, self.location.origin)
  if (target.origin === self.location.origin) event.waitUntil(self.clients.openWindow(target.href))
})
