// Keeps saying whether an answer is kept, tries again while the link is lost, and counts the minutes down.
// The page works without this file.
(() => {
  const region = document.getElementById("saved");
  const RETRY = 5000;
  let waiting = null; // the element whose answer is not kept yet
  let timer = 0;

  const say = (words, kind) => {
    const line = document.createElement("span");
    line.className = `st ${kind}`;
    line.textContent = words;
    region.replaceChildren(line);
  };
  const again = () => {
    clearTimeout(timer);
    if (waiting) window.htmx.trigger(waiting, "change");
  };
  const failed = (event) => {
    waiting = event.detail.elt;
    say(region.dataset.failed, "st-late");
    clearTimeout(timer);
    timer = setTimeout(again, RETRY);
  };

  if (region) {
    document.body.addEventListener("htmx:beforeRequest", () => {
      if (!waiting) say(region.dataset.saving, "st-go");
    });
    for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
      document.body.addEventListener(failure, failed);
    }
    document.body.addEventListener("htmx:afterOnLoad", (event) => {
      if (event.detail.xhr.status < 400) waiting = null;
    });
    window.addEventListener("online", again);
    document.addEventListener("submit", (event) => {
      if (navigator.onLine) return; // without a link the browser would leave the page and lose the answer
      event.preventDefault();
      say(region.dataset.failed, "st-late");
    });
    window.addEventListener("beforeunload", (event) => {
      if (waiting && !navigator.onLine) event.preventDefault();
    });
  }

  const clock = document.getElementById("clock");
  if (!clock) return;
  const ends = performance.now() + Number(clock.dataset.seconds) * 1000;
  const digits = [...clock.dataset.digits];
  const show = () => {
    const seconds = Math.max(0, Math.round((ends - performance.now()) / 1000));
    const minutes = String(Math.ceil(seconds / 60)).replace(/\d/g, (digit) => digits[Number(digit)]);
    const words = seconds ? clock.dataset.minutes.replace("#", minutes) : clock.dataset.over;
    if (clock.textContent !== words) clock.textContent = words;
    if (seconds) setTimeout(show, 1000);
  };
  show();
})();
