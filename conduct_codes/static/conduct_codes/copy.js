// A button beside a text that copies it; without this file the text is selected and copied by hand.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  const said = document.getElementById(`${button.dataset.copy}-said`);
  button.hidden = false;
  button.addEventListener("click", async () => {
    let copied = true;
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      text.select();
      copied = document.execCommand("copy");
    }
    said.textContent = copied ? said.dataset.done : said.dataset.failed;
  });
}
