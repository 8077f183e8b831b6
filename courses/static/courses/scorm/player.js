// Puts a package into its closed frame and keeps what it reports. Whatever comes out of the frame is data of a
// stranger: looked at for its shape and size here, and for its meaning on the server.
(() => {
  const stage = document.getElementById("package");
  const line = document.getElementById("package-says");
  const reports = document.getElementById("package-reports");
  const leave = document.getElementById("package-leave");
  const MOST = 250000; // characters
  const SMALL = 60000; // what a browser still sends while the page is being left
  const { save, launch, token } = stage.dataset;
  let newest = ""; // what came last, as text
  let sent = ""; // what is on its way or kept
  let kept = "";
  let busy = false;
  let over = false;
  let left = false; // the package has said its last
  let timer = 0;

  const say = (words, kind) => {
    line.replaceChildren();
    if (!words) return;
    const mark = document.createElement("span");
    mark.className = `st ${kind}`;
    mark.textContent = words;
    line.append(mark);
  };

  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", stage.dataset.sandbox);
  frame.setAttribute("referrerpolicy", "no-referrer");
  frame.title = stage.dataset.title;
  frame.name = `scorm12:${stage.dataset.given}`;
  frame.src = stage.dataset.address;
  stage.replaceChildren(frame);

  const stop = (words) => {
    over = true;
    clearTimeout(timer);
    frame.remove();
    say(words, "st-late");
  };

  const heard = async (answer) => {
    if (answer.type === "opaqueredirect" || answer.status === 403) {
      say(line.dataset.ended, "st-late");
      return false;
    }
    const told = await answer.json();
    if (answer.status === 409 && told.over) {
      stop(told.error);
      return true;
    }
    if (answer.status >= 500) throw new Error("later");
    if (!answer.ok) say(told.error || line.dataset.refused, "st-late");
    else say(told.is_done ? line.dataset.done : line.dataset.saved, "st-ok");
    return true;
  };

  const keep = async () => {
    clearTimeout(timer);
    if (busy || over || !save || newest === kept) return;
    busy = true;
    sent = newest;
    say(line.dataset.saving, "st-go");
    const body = `{"launch":${JSON.stringify(launch)},"cmi":${sent}}`;
    try {
      const answer = await fetch(save, {
        method: "POST",
        body,
        keepalive: body.length < SMALL && new Blob([body]).size < SMALL,
        redirect: "manual",
        headers: {
          "Content-Type": "application/json",
          "X-CSRFToken": token,
        },
      });
      if (await heard(answer)) kept = sent;
      else later(15000);
    } catch {
      say(line.dataset.failed, "st-late");
      later(5000);
    }
    busy = false;
    if (newest !== sent) later(1000);
  };
  const later = (span) => {
    clearTimeout(timer);
    timer = setTimeout(keep, span);
  };

  const wellFormed = (cmi) => {
    if (!cmi || typeof cmi !== "object" || Array.isArray(cmi)) return false;
    const pairs = Object.entries(cmi);
    return pairs.length <= 500 && pairs.every(([name, value]) => name.length < 100 && typeof value === "string");
  };
  window.addEventListener("message", (event) => {
    // A sandboxed page has no origin: what it is told names none, and what it tells comes from "null".
    if (event.source !== frame.contentWindow || event.origin !== "null" || over) return;
    const told = event.data && event.data.scorm12;
    if (!told || !wellFormed(told.cmi)) return;
    const text = JSON.stringify(told.cmi);
    if (text.length > MOST) return;
    newest = text;
    left = told.moment === "left";
    if (reports) reports.textContent = JSON.stringify(told.cmi, null, 1).slice(0, 4000);
    if (told.moment === "set") later(1500);
    else later(0);
  });

  const isKept = () => !save || over || newest === kept;
  window.addEventListener("online", keep);
  document.addEventListener("visibilitychange", () => document.hidden && keep());
  window.addEventListener("pagehide", keep);
  if (leave) {
    // The package ends first, as it does when its window is closed, and what it says then is kept.
    leave.addEventListener("click", async (event) => {
      event.preventDefault();
      if (!over) frame.contentWindow.postMessage({ scorm12: "leave" }, "*");
      for (let tries = 0; tries < 12 && !(left && isKept()) && !over; tries += 1) {
        await new Promise((done) => setTimeout(done, 250));
        await keep();
      }
      window.location.assign(leave.href);
    });
  }
})();
