// Says in the status region that an answer is being kept, or that it could not be; the page works without this file.
(() => {
  const region = document.getElementById("saved");
  if (!region) return;
  const say = (words, kind) => {
    const line = document.createElement("span");
    line.className = `st ${kind}`;
    line.textContent = words;
    region.replaceChildren(line);
  };
  document.body.addEventListener("htmx:beforeRequest", () => say(region.dataset.saving, "st-go"));
  for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.body.addEventListener(failure, () => say(region.dataset.failed, "st-late"));
  }
})();
