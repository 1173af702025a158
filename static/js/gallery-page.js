// The gallery page: new pictures arrive by themselves, and the first arrow key goes to the first picture.
//   [data-new-url]       where a job's pictures (with &job=…) or the newest ones are fetched as tiles; it has the filters
//   .gallery-day         a day's heading, with data-day="2026-11-22"; [data-day-count] inside it counts all
//   [data-more]          the end of a page: the event "near" fetches the next one
//   [data-arrivals]      says how many came, for those who do not see them come
const grid = () => document.querySelector("#gallery[data-new-url]");
const ARRIVED = ["storing", "completed"];

const fetchTiles = async (base, job) => {
  const url = new URL(base, location.href);
  if (job) url.searchParams.set("job", job);
  const answer = await fetch(url, { headers: { "HX-Request": "true" } });
  if (answer.status === 401) document.dispatchEvent(new CustomEvent("session:refused"));
  const holder = document.createElement("template");
  holder.innerHTML = answer.ok ? await answer.text() : "";
  return holder.content;
};

// The heading of a day that is not on the page yet; only a day newer than all others starts at the top.
const headingOf = (gallery, fresh) => {
  const known = gallery.querySelector(`.gallery-day[data-day="${fresh.dataset.day}"]`);
  if (known) return known;
  const newest = gallery.querySelector(".gallery-day");
  if (newest && newest.dataset.day > fresh.dataset.day) return null;
  const rest = document.createElement("span");
  rest.className = "gallery-rest";
  gallery.prepend(fresh, rest);
  fresh.querySelector("[data-day-count]").dataset.dayCount = 0;
  return fresh;
};

// What the day has on other pages, too, and as many more.
const count = (heading, more) => {
  const words = heading.querySelector("[data-day-count]");
  if (!words) return;
  const pictures = Number(words.dataset.dayCount) + more;
  words.dataset.dayCount = pictures;
  words.textContent = `${pictures.toLocaleString("en")} picture${pictures === 1 ? "" : "s"}`;
};

// Ids sort by time, so a tile's place is after the last newer one of its day.
const insert = (heading, tile) => {
  let before = heading;
  while (before.nextElementSibling?.matches(".picture") && before.nextElementSibling.id > tile.id) before = before.nextElementSibling;
  before.after(tile);
};

const add = (gallery, content) => {
  let added = 0;
  for (const fresh of [...content.querySelectorAll(".gallery-day")]) {
    const tiles = [];
    for (let next = fresh.nextElementSibling; next?.matches(".picture"); next = next.nextElementSibling) tiles.push(next);
    const missing = tiles.filter((tile) => !document.getElementById(tile.id));
    const heading = missing.length && headingOf(gallery, fresh);
    if (!heading) continue;
    missing.forEach((tile) => insert(heading, tile));
    count(heading, missing.length);
    added += missing.length;
  }
  return added;
};

let told = 0;
let forget = 0;
const announce = (added) => {
  told += added;
  document.querySelector("[data-arrivals]").textContent = `${told} new picture${told === 1 ? "" : "s"}`;
  clearTimeout(forget);
  forget = setTimeout(() => { told = 0; }, 5000);
};

const arrive = async (job) => {
  const empty = document.querySelector("[data-gallery-empty]");
  const gallery = grid();
  const base = (gallery ?? empty)?.dataset.newUrl;
  if (!base) return;
  const content = await fetchTiles(base, job);
  if (empty && content.querySelector(".picture")) { location.reload(); return; }
  const added = gallery ? add(gallery, content) : 0;
  if (added) { announce(added); window.htmx?.trigger(document.body, "htmx:load"); }
};

// One look at a job at a time, and one more if it moved meanwhile.
const looking = new Map();
const look = async (job) => {
  if (looking.has(job)) { looking.set(job, true); return; }
  looking.set(job, false);
  try { await arrive(job); } finally {
    const again = looking.get(job);
    looking.delete(job);
    if (again) look(job);
  }
};

document.body.addEventListener("live:job", (event) => {
  if (ARRIVED.includes(event.detail.state)) look(event.detail.id);
});

// The next page is fetched well before its place is seen.
const watcher = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) {
    if (!isIntersecting) continue;
    watcher.unobserve(target);
    window.htmx?.trigger(target, "near");
  }
}, { rootMargin: "1200px" });
const watch = () => document.querySelectorAll("[data-more]").forEach((end) => watcher.observe(end));
document.addEventListener("htmx:load", watch);
watch();

// Pictures that came before the stream was open, or while it was down.
document.body.addEventListener("live:open", () => look(""));

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || !["ArrowRight", "ArrowDown"].includes(event.key) || document.querySelector("dialog:modal")) return;
  if (event.target !== document.body && event.target.id !== "main") return;
  const first = document.querySelector(".gallery > .picture > a");
  if (!first || window.scrollY > first.getBoundingClientRect().bottom + window.scrollY) return;
  event.preventDefault();
  first.focus();
});
