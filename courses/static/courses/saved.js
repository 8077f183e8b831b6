// Deletes what was saved on this phone: when its learner logs out, and as soon as another account shows up.
(() => {
  const NAME = "conduct-saved";
  const own = document.currentScript.dataset.owner;

  const saved = {
    NAME,
    mark() {
      try {
        return JSON.parse(localStorage.getItem(NAME));
      } catch {
        return null;
      }
    },
    note(facts) {
      localStorage.setItem(NAME, JSON.stringify({ ...saved.mark(), ...facts }));
    },
    async wipe() {
      const workers = navigator.serviceWorker ? await navigator.serviceWorker.getRegistrations() : [];
      const caches = window.caches ? await window.caches.keys() : [];
      await Promise.all([
        new Promise((done) => {
          const request = indexedDB.deleteDatabase(NAME);
          request.onsuccess = request.onerror = request.onblocked = done;
        }),
        ...caches.filter((name) => name.startsWith("conduct-")).map((name) => window.caches.delete(name)),
        ...workers.map((worker) => worker.unregister()),
      ]);
      localStorage.removeItem(NAME); // last: while it stands, an interrupted deletion is begun again
    },
  };
  window.conductSaved = saved;

  const mark = saved.mark();
  if (mark && own && mark.owner !== own) saved.wipe();

  const logOut = document.querySelector("form[data-logs-out]");
  if (!mark || !logOut) return;
  for (const warning of document.querySelectorAll("[data-unsent-warning]")) warning.hidden = !mark.unsent;
  logOut.addEventListener("submit", (event) => {
    event.preventDefault();
    const patience = new Promise((done) => setTimeout(done, 3000));
    Promise.race([saved.wipe().catch(() => {}), patience]).then(() => logOut.submit());
  });
})();
