// Shows the buttons for passkeys where the browser knows them, ties each to its form, and says so when one failed.
(function () {
  const BUTTONS = { loginForm: "login", addForm: "add", authenticateForm: "authenticate" }
  const all = function (name) { return Array.from(document.querySelectorAll("[" + name + "]")) }
  const known = "PublicKeyCredential" in window && window.isSecureContext

  all("data-no-passkey").forEach(function (words) { words.hidden = known })
  if (!known) return
  all("data-passkey").forEach(function (button) {
    const kind = button.dataset.passkey
    const ids = { credential: button.dataset.credential, data: button.dataset.options, passwordless: button.dataset.alone }
    ids[BUTTONS[kind]] = button.id
    button.hidden = false
    button.addEventListener("click", function () {
      all("data-passkey-error").forEach(function (words) { words.hidden = true })
    })
    window.allauth.webauthn.forms[kind]({ ids: ids })
  })
  document.addEventListener("allauth.error", function (event) {
    event.preventDefault()
    all("data-passkey-error").forEach(function (words) { words.hidden = false })
  })
})()
