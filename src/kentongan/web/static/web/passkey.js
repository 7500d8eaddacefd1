// Shows in words what went wrong with a passkey; the sign-in scripts only log it.
document.addEventListener('allauth.error', () => {
  document.getElementById('passkey-trouble').hidden = false
})
