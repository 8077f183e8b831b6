// Shows the buttons for passkeys where the browser knows them, and says so when one did not work.
(function () {
  const all = function (name) { return Array.from(document.querySelectorAll("[" + name + "]")) }
  const known = "PublicKeyCredential" in window && window.isSecureContext
  all(known ? "data-passkey" : "data-no-passkey").forEach(function (element) { element.hidden = false })
  document.addEventListener("allauth.error", function (event) {
    event.preventDefault()
    all("data-passkey-error").forEach(function (element) { element.hidden = false })
  })
  all("data-passkey").forEach(function (button) {
    button.addEventListener("click", function () {
      all("data-passkey-error").forEach(function (element) { element.hidden = true })
    })
  })
})()
