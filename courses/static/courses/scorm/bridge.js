// Runs first in every page of a package, inside the sandbox: gives the page the SCORM 1.2 API that it looks for, and
// tells the page around the frame what changed. It holds no secret and reaches nothing; what it says is self-reported.
(() => {
  const MARK = "scorm12:";
  const KEPT = /^cmi\.(core\.(lesson_location|lesson_status|exit|score\.(raw|min|max)|session_time)|suspend_data|objectives\.\d+\.(id|status|score\.(raw|min|max))|student_preference\.(audio|language|speed|text))$/;
  const outside = window.parent;

  // A page in a frame of the package: each page of a sandbox is alone, so it can be heard by the page that holds it,
  // but cannot read it. Calls are passed on; they give no answer.
  if (!window.name.startsWith(MARK)) {
    if (outside === window) return;
    const holder = new Proxy(
      {},
      {
        get: (_target, name) => {
          if (name === "parent") return holder;
          if (typeof name !== "string" || name.startsWith("API")) return undefined;
          return (...given) => outside.postMessage({ scormCall: name, given }, "*");
        },
      },
    );
    window.parent = holder;
    return;
  }

  // The state travels in the frame's own name, so that it is there before the first script of a page, and after the
  // page was left for another one of the package.
  const state = JSON.parse(window.name.slice(MARK.length));
  const api = new window.Scorm12API({ autocommit: false, lmsCommitUrl: false, logLevel: 5, mastery_override: false });
  const start = { "cmi.core.entry": state.entry, "cmi.core.student_id": "learner", "cmi.core.credit": "credit" };
  if (state.total) start["cmi.core.total_time"] = state.total;
  if (state.mastery) start["cmi.student_data.mastery_score"] = state.mastery;
  const quiet = console.error;
  console.error = () => {}; // an element that the library does not take back is no news for anybody
  for (const [name, value] of Object.entries({ ...start, ...state.cmi })) {
    try {
      api.setCMIValue(name, value);
    } catch {
      // left out: the package begins without it
    }
  }
  console.error = quiet;

  const flat = (value, name, found) => {
    if (value === null || value === undefined) return found;
    if (typeof value !== "object") {
      if (KEPT.test(name) && value !== "") found[name] = String(value);
      return found;
    }
    for (const [key, inner] of Object.entries(value)) flat(inner, `${name}.${key}`, found);
    return found;
  };
  const cmi = () => flat(JSON.parse(JSON.stringify(api.cmi)), "cmi", {});

  let running = state.running || false;
  let last = cmi();
  const tell = (moment) => {
    if (moment !== "finish") last = cmi(); // at its end the library empties some elements
    window.name = MARK + JSON.stringify({ ...state, cmi: last, running });
    outside.postMessage({ scorm12: { cmi: last, moment } }, "*");
  };
  let carried = false;
  if (running) carried = api.LMSInitialize("") === "true"; // an earlier page of the package began and did not end

  const own = {};
  for (const name of ["LMSGetValue", "LMSGetLastError", "LMSGetErrorString", "LMSGetDiagnostic"]) {
    own[name] = (...given) => api[name](...given);
  }
  own.LMSInitialize = (given) => {
    const answer = carried ? "true" : api.LMSInitialize(given);
    carried = false;
    if (answer === "true") running = true;
    return answer;
  };
  own.LMSSetValue = (name, value) => {
    const answer = api.LMSSetValue(name, value);
    if (answer === "true") tell("set");
    return answer;
  };
  own.LMSCommit = (given) => {
    const answer = api.LMSCommit(given);
    tell("commit");
    return answer;
  };
  own.LMSFinish = (given) => {
    last = cmi();
    const answer = api.LMSFinish(given);
    if (answer === "true") {
      running = false;
      tell("finish");
    }
    return answer;
  };
  window.API = own;
  // Pages look for the API upwards, some nowhere else; reading the true parent would only throw.
  const above = { API: own };
  above.parent = above;
  window.parent = above;

  window.addEventListener("message", (event) => {
    if (event.source === outside && event.data && event.data.scorm12 === "leave") {
      // What a page says while it is unloaded can be lost on the way, so it is told a moment before.
      for (const name of ["beforeunload", "pagehide", "unload"]) window.dispatchEvent(new Event(name));
      outside.postMessage({ scorm12: { cmi: last, moment: "left" } }, "*");
      return;
    }
    const call = event.data && event.data.scormCall;
    const isOfThePackage = [...Array(window.frames.length).keys()].some((at) => window.frames[at] === event.source);
    if (isOfThePackage && typeof call === "string" && typeof window[call] === "function" && call !== "eval") {
      window[call](...event.data.given);
    }
  });
})();
