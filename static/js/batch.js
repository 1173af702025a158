// The page of a batch. #batch-summary fetches itself, and with it the rows that are in view: at most once a second,
// however many jobs move. A row that is out of sight is fetched when it comes into view.
//   [data-summary="batch_…"]  the summary; data-live while anything moves (js/live.js polls it when the stream is down)
//   [data-row="job_…"]        a row; data-moving while its job is not over
const GAP = 1000;
const SEEN = 60;
const summary = () => document.getElementById("batch-summary");

const seen = new Set();
const stale = new Set();
let last = 0;
let timer = 0;

// A press is not taken away from under the finger.
const refresh = () => {
  timer = 0;
  if (summary().matches(":active") || document.querySelector(".batch-row:active")) { soon(); return; }
  window.htmx?.trigger(summary(), "refresh");
};
const soon = () => { timer ||= setTimeout(refresh, Math.max(150, last + GAP - Date.now())); };

const watcher = new IntersectionObserver((changes) => {
  for (const { isIntersecting, target } of changes) {
    const id = target.dataset.row;
    if (!isIntersecting) { seen.delete(id); continue; }
    seen.add(id);
    if (stale.has(id)) soon();
  }
});
const watched = new WeakSet();
const watch = () => {
  for (const row of document.querySelectorAll("[data-row]")) {
    if (watched.has(row)) continue;
    watched.add(row);
    watcher.observe(row);
  }
};

document.body.addEventListener("live:job", ({ detail }) => {
  if (detail.batch !== summary().dataset.summary) return;
  stale.add(detail.id);
  soon();
});
document.body.addEventListener("live:batch", ({ detail }) => {
  if (detail.id !== summary().dataset.summary) return;
  for (const row of document.querySelectorAll("[data-moving]")) stale.add(row.dataset.row);
  soon();
});

// Without news (the page has just opened, or polls) every row in view that still moves may have changed.
const wanted = () => [...seen].filter((id) => stale.has(id) || document.querySelector(`[data-row="${CSS.escape(id)}"][data-moving]`));
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt !== summary()) return;
  last = Date.now();
  const rows = wanted().slice(0, SEEN);
  rows.forEach((id) => stale.delete(id));
  event.detail.parameters.row = rows;
});
// A row waits for the answer of its own button, which is newer than what comes along with the summary.
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  if (detail.target.querySelector("form.htmx-request")) detail.shouldSwap = false;
});
// What a row's own button did changes the counts.
document.addEventListener("htmx:afterRequest", ({ detail }) => { if (detail.target?.matches("[data-row]")) soon(); });
document.addEventListener("htmx:load", watch);
document.addEventListener("htmx:oobAfterSwap", watch);
watch();
