// Shows the courses that this phone has saved; the part after # says which course, lesson or question.
(() => {
  const saved = window.conductSaved;
  const page = document.getElementById("saved-courses");
  if (!page || !saved.courses) return;
  const view = page.querySelector("[data-view]");
  const words = page.dataset;
  const digits = [...words.digits];
  const number = (count) => String(count).replace(/\d/g, (digit) => digits[Number(digit)]);
  const word = (name) => document.getElementById("words").content.querySelector(`[data-word=${name}]`).textContent;

  const show = (name, slots = {}) => {
    view.replaceChildren(document.getElementById(`view-${name}`).content.cloneNode(true));
    for (const [slot, text] of Object.entries(slots)) view.querySelector(`[data-slot=${slot}]`).textContent = text;
    return (selector) => view.querySelector(selector);
  };
  const mark = (element, kind, text) => {
    element.className = `st ${kind}`;
    element.textContent = text;
  };
  const row = (list, address, title, words = "", state = null) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = address;
    link.textContent = title;
    item.append(link);
    for (const [kind, text] of [["hint", words], ...(state ? [[`st ${state[0]}`, state[1]]] : [])]) {
      if (!text) continue;
      const line = document.createElement("span");
      line.className = kind;
      line.textContent = text;
      item.append(" ", line);
    }
    list.append(item);
  };

  const stateOf = (course, question) => {
    const told = (course.told || {})[question.position];
    const given = (course.given || {})[question.position];
    if (told) return [told.verdict === "taken" ? "st-ok" : "st-late", told.words];
    if (given) return ["st-go", words.onPhone];
    return question.is_answered ? ["st-ok", words.answered] : ["st-no", words.open];
  };

  // --- the views ----------------------------------------------------------------------------------------------------

  const showList = (courses) => {
    if (!courses.length) return show("none");
    const get = show("list");
    for (const course of courses) row(get("[data-rows]"), `#c${course.enrolment}`, course.course, course.saved);
  };

  const showCourse = (course) => {
    const get = show("course", { course: course.course, saved: course.saved, why: course.why_no_attempt });
    const here = `#c${course.enrolment}`;
    course.lessons.forEach((lesson, place) => row(get("[data-rows]"), `${here}-l${place + 1}`, lesson.title));
    const questions = course.attempt ? course.attempt.questions : [];
    get("[data-quiz]").hidden = !course.attempt && !course.why_no_attempt;
    get("[data-hand-in]").hidden = !course.attempt;
    get("[data-slot=why]").hidden = !course.why_no_attempt;
    get("[data-check]").href = course.addresses.check;
    for (const question of questions) {
      const name = word("question").replace("#", number(question.position));
      row(get("[data-questions]"), `${here}-q${question.position}`, name, question.title, stateOf(course, question));
    }
    const remove = async () => {
      await saved.remove(course.enrolment);
      location.hash = "";
    };
    get("[data-remove]").addEventListener("click", async () => {
      const waits = (await saved.queue()).some((item) => item.enrolment === course.enrolment);
      if (!waits) return remove();
      get("[data-sure]").hidden = false;
      get("[data-sure] button").focus();
    });
    get("[data-sure] button").addEventListener("click", remove);
  };

  const back = (get, course) => {
    get("[data-back]").href = `#c${course.enrolment}`;
    get("[data-back]").textContent = course.course;
  };

  const showLesson = (course, place) => {
    const lesson = course.lessons[place - 1];
    const get = show("lesson", { title: lesson.title });
    const body = get("[data-body]");
    back(get, course);
    body.innerHTML = lesson.html;
    body.lang = lesson.language;
    for (const media of body.querySelectorAll("picture, img, video, audio, iframe")) {
      const note = document.createElement("p");
      note.className = "small mute";
      note.textContent = media.alt || words.media;
      media.replaceWith(note);
    }
    const next = course.lessons[place];
    get("[data-next]").href = next ? `#c${course.enrolment}-l${place + 1}` : `#c${course.enrolment}`;
    get("[data-next]").textContent = next ? `${word("next")} ${next.title}` : course.course;
  };

  // Only the steps of a story that the chosen answers lead to can be seen and count.
  const walk = (form) => {
    const steps = new Map([...form.querySelectorAll("[data-step]")].map((step) => [step.dataset.step, step]));
    if (!steps.size) return;
    const reached = new Set();
    for (let at = "0"; at !== undefined; ) {
      reached.add(at);
      const chosen = steps.get(at).querySelector("input:checked");
      at = chosen ? chosen.dataset.next : undefined;
    }
    for (const [name, step] of steps) step.hidden = step.disabled = !reached.has(name);
  };
  const read = (form) => {
    const fields = {};
    for (const [name, value] of new FormData(form)) if (value !== "") (fields[name] = fields[name] || []).push(value);
    return fields;
  };
  const write = (form, fields) => {
    for (const input of form.querySelectorAll("input[name], select[name]")) {
      const values = fields[input.name] || [];
      if (input.type === "radio" || input.type === "checkbox") input.checked = values.includes(input.value);
      else if (input.type !== "hidden") input.value = values[0] || "";
    }
  };

  const showQuestion = (course, position) => {
    const questions = course.attempt.questions;
    const question = questions.find((each) => each.position === position);
    const get = show("question", { number: word("question").replace("#", number(position)) });
    const form = get("[data-body]");
    const given = (course.given || {})[position];
    back(get, course);
    form.innerHTML = question.html;
    if (given) write(form, given.fields);
    walk(form);
    mark(get("[data-state]"), ...stateOf(course, question));
    const next = questions.find((each) => each.position === position + 1);
    get("[data-next]").hidden = !next;
    get("[data-next]").href = `#c${course.enrolment}-q${position + 1}`;
    get("[data-all]").href = `#c${course.enrolment}`;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", async () => {
      walk(form);
      await saved.answer(course.enrolment, position, read(form));
      mark(get("[data-state]"), "st-go", words.onPhone);
      await tell();
      send({ renew: false });
    });
  };

  const draw = async () => {
    const [, enrolment, kind, place] = /^#c(\d+)(?:-([lq])(\d+))?$/.exec(location.hash) || [];
    const own = saved.mark();
    const courses = own ? (await saved.courses()).filter((course) => course.owner === own.owner) : [];
    const course = courses.find((each) => each.enrolment === Number(enrolment));
    if (!course) showList(courses);
    else if (kind === "l" && course.lessons[place - 1]) showLesson(course, Number(place));
    else if (kind === "q" && course.attempt && course.attempt.questions[place - 1]) showQuestion(course, Number(place));
    else showCourse(course);
    if (course && course.error) inform("st-late", course.error);
  };

  // --- sending ------------------------------------------------------------------------------------------------------

  const inform = (kind, text) => {
    const line = page.querySelector("[data-tell]");
    line.hidden = !text;
    mark(line.querySelector("p"), kind, text);
  };
  const tell = async () => {
    const unsent = saved.mark() ? await saved.count() : 0;
    page.querySelector("[data-send]").hidden = !unsent;
    if (unsent) inform("st-go", words.unsent.replace("#", number(unsent)));
    return unsent;
  };
  let sending = false;
  const send = async ({ asked = false, renew = true } = {}) => {
    if (sending || !saved.mark()) return;
    const waited = await tell();
    if (!navigator.onLine && !asked) return;
    sending = true;
    if (waited) inform("st-go", words.sending);
    page.querySelector("[data-ended]").hidden = true;
    try {
      const left = await saved.send(words.contact, renew);
      inform("st-ok", waited && !left ? words.sent : "");
      await redraw();
    } catch (fault) {
      if (fault.message === "wiped") inform("st-late", words.wiped);
      else if (fault.message === "ended") page.querySelector("[data-ended]").hidden = false;
      else if (waited) inform("st-late", words.cut);
      if (fault.message === "wiped") await draw();
    }
    sending = false;
    page.querySelector("[data-send]").hidden = !(saved.mark() || {}).unsent;
  };
  // Redrawn after sending, but not under the fingers of somebody who is in a field.
  const redraw = async () => {
    const busy = document.activeElement && document.activeElement.closest("[data-body]");
    if (busy) {
      const [, enrolment, position] = /^#c(\d+)-q(\d+)$/.exec(location.hash) || [];
      const course = (await saved.courses()).find((each) => each.enrolment === Number(enrolment));
      const question = course && course.attempt && course.attempt.questions[position - 1];
      if (question) mark(view.querySelector("[data-state]"), ...stateOf(course, question));
    } else await draw();
  };

  page.querySelector("[data-send] button").addEventListener("click", () => send({ asked: true }));
  window.addEventListener("online", () => send());
  window.addEventListener("hashchange", async () => {
    await draw();
    window.scrollTo(0, 0);
    document.getElementById("main").focus();
  });
  draw().then(() => send());
})();
