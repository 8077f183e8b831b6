// Saves a course on this phone when its learner asks for it, keeps answers given without a link, and sends them once.
(() => {
  const saved = window.conductSaved;
  if (!saved || !navigator.serviceWorker || !window.indexedDB || !window.caches) return;

  const result = (request) =>
    new Promise((done, fail) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });

  const within = async (mode, work) => {
    const opening = indexedDB.open(saved.NAME, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("courses", { keyPath: "enrolment" });
      opening.result.createObjectStore("queue", { keyPath: "place", autoIncrement: true });
    };
    const db = await result(opening);
    db.onversionchange = () => db.close();
    try {
      const step = db.transaction(["courses", "queue"], mode);
      const ended = new Promise((done, fail) => {
        step.oncomplete = done;
        step.onabort = () => fail(step.error);
      });
      const answer = await work(step.objectStore("courses"), step.objectStore("queue"));
      await ended;
      return answer;
    } finally {
      db.close();
    }
  };

  const newId = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const json = async (address, options) => {
    const answer = await fetch(address, { redirect: "manual", cache: "no-store", ...options });
    if (answer.type === "opaqueredirect") throw new Error("ended");
    if (answer.status === 404) throw new Error("gone");
    if (answer.status !== 200 && answer.status !== 400) throw new Error("cut");
    return answer.json();
  };

  // What stays true of a copy when a newer one takes its place: words of the server about answers of the same attempt.
  const merged = (old, copy) => {
    const same = old && old.attempt && copy.attempt && old.attempt.number === copy.attempt.number;
    return { ...copy, told: same ? old.told : {}, given: {} };
  };

  Object.assign(saved, {
    courses: () => within("readonly", (courses) => result(courses.getAll())),
    queue: () => within("readonly", (_courses, queue) => result(queue.getAll())),

    async save(address) {
      const copy = await json(address);
      const mark = saved.mark();
      if (mark && mark.owner !== copy.owner) await saved.wipe();
      saved.note({ owner: copy.owner });
      await within("readwrite", async (courses, queue) => {
        const waiting = (await result(queue.getAll())).some((item) => item.enrolment === copy.enrolment);
        // Answers that wait belong to the copy in which they were given; it stays until they are sent.
        if (!waiting) courses.put(merged(await result(courses.get(copy.enrolment)), copy));
      });
      return copy;
    },

    async remove(enrolment) {
      await within("readwrite", async (courses, queue) => {
        courses.delete(enrolment);
        for (const item of await result(queue.getAll())) if (item.enrolment === enrolment) queue.delete(item.place);
      });
      await saved.count();
    },

    // Of several answers to one question only the newest waits.
    async answer(enrolment, position, fields) {
      await within("readwrite", async (courses, queue) => {
        for (const item of await result(queue.getAll())) {
          if (item.enrolment === enrolment && item.position === position) queue.delete(item.place);
        }
        queue.add({ id: newId(), enrolment, position, fields, given_at: new Date().toISOString() });
        const course = await result(courses.get(enrolment));
        course.given = { ...course.given, [position]: { fields } };
        course.told = { ...course.told, [position]: null };
        courses.put(course);
      });
      await saved.count();
    },

    async count() {
      const unsent = (await saved.queue()).length;
      saved.note({ unsent });
      return unsent;
    },

    // Sends what waits and, where asked or told otherwise by the server, takes the newest state of each course.
    // Throws "cut", "ended" or "wiped".
    async send(contact, renew) {
      const work = async () => {
        const { owner, csrf } = await json(contact).catch((fault) => {
          if (fault.message === "gone") return {}; // an account that learns nothing
          throw fault;
        });
        const mark = saved.mark();
        if (mark && mark.owner !== owner) {
          await saved.wipe();
          throw new Error("wiped");
        }
        for (const course of await saved.courses()) {
          const isBehind = await sendOf(course, csrf);
          if (!renew && !isBehind) continue;
          await saved.save(course.addresses.copy).catch((fault) => {
            if (fault.message === "gone") return saved.remove(course.enrolment);
            throw fault;
          });
        }
        return saved.count();
      };
      return navigator.locks ? navigator.locks.request(saved.NAME, work) : work();
    },
  });

  const sendOf = async (course, csrf) => {
    const items = (await saved.queue()).filter((item) => item.enrolment === course.enrolment);
    if (!items.length || !course.attempt) return false;
    const parcel = items.map(({ id, position, fields, given_at }) => ({ id, position, fields, given_at }));
    const said = await json(course.addresses.answers, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify({ token: course.attempt.token, answers: parcel }),
    });
    await within("readwrite", async (courses, queue) => {
      const kept = await result(courses.get(course.enrolment));
      if (said.error) {
        kept.error = said.error;
      } else {
        delete kept.error;
        const sent = new Map(said.answers.map((each) => [each.id, each]));
        const left = [];
        for (const item of await result(queue.getAll())) {
          if (sent.has(item.id)) queue.delete(item.place);
          else if (item.enrolment === course.enrolment) left.push(item.position);
        }
        for (const { position, verdict, words } of said.answers) {
          if (left.includes(position)) continue; // answered again while the first answer was on its way
          kept.told = { ...kept.told, [position]: { verdict, words } };
        }
      }
      courses.put(kept);
    });
    return !said.error && said.answers.some(({ verdict }) => verdict !== "taken");
  };

  const offer = document.querySelector("[data-offer]");
  if (!offer) return;
  const state = offer.querySelector("[data-state]");
  const say = (words, kind) => {
    state.className = `st ${kind}`;
    state.textContent = words;
  };
  const shown = (copy) => say(offer.dataset.saved.replace("#", copy.saved), "st-ok");
  document.querySelector("[data-without]").hidden = true;
  offer.hidden = false;
  if (saved.mark()) {
    saved.courses().then((all) => all.filter((each) => each.enrolment === Number(offer.dataset.offer)).forEach(shown));
  }
  offer.querySelector("[data-save]").addEventListener("click", async () => {
    say(offer.dataset.saving, "st-go");
    try {
      const copy = await saved.save(offer.dataset.copy);
      await navigator.serviceWorker.register(offer.dataset.worker, { scope: "/" });
      await navigator.serviceWorker.ready;
      shown(copy);
    } catch (fault) {
      say(fault.message === "ended" ? offer.dataset.ended : offer.dataset.failed, "st-late");
    }
  });
})();
