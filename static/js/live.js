// News from the server. <body data-events="/events/"> names the stream.
//   event "job", data {"id": "job_…"}: every [data-job="job_…"] fetches itself again by its hx-get (hx-trigger="refresh")
//   event "batch", data {"id": "batch_…"}: many of its jobs moved at once; live cards in [data-batch="batch_…"] do the same
//   every event is passed on:  hx-trigger="live:job from:body" refreshes anything else
//   "live:open" on the body says that the stream is open (again): look for what was missed
// While the stream is down, whatever is marked data-live fetches itself every 3 seconds.
// What fetches itself is replaced by the answer and needs an id: its successor has the same.
const POLL = 3000;
const AWAY = 30_000;
const TYPES = ["job", "batch"];
const url = document.body.dataset.events;

const refresh = (cards) => cards.forEach((card) => window.htmx?.trigger(card, "refresh"));
const liveCards = () => document.querySelectorAll("[data-live]");
const read = (text) => { try { return JSON.parse(text); } catch { return {}; } };

// htmx asks nothing for an element that is gone or not known yet, so what is told to one that waits for an answer
// (its own, or that of a button in it) is told to its successor.
const BUSY = ".htmx-request, .htmx-added";
const isBusy = (place) => place.matches(BUSY) || Boolean(place.querySelector(BUSY));
const late = new Set();
document.addEventListener("refresh", (event) => {
  if (!isBusy(event.target)) return;
  event.stopPropagation();
  late.add(event.target.id);
}, { capture: true });
const catchUp = () => {
  for (const id of late) {
    const place = document.getElementById(id);
    if (place && isBusy(place)) continue;
    late.delete(id);
    if (place) refresh([place]);
  }
};
for (const type of ["htmx:load", "htmx:afterRequest"]) document.addEventListener(type, catchUp);

// The answer to a press is newer than that to a look, which must not take its place away.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.requestConfig.elt.matches("[hx-trigger=refresh]") || !detail.target.querySelector("form.htmx-request")) return;
  detail.shouldSwap = false;
  late.add(detail.target.id);
});
// Who is gone needs no answer: htmx would look for the places of what comes along in what is gone too.
const unlessGone = (event) => { if (!event.target.isConnected) event.preventDefault(); };
document.addEventListener("htmx:beforeSend", ({ target }) => target.addEventListener("htmx:beforeOnLoad", unlessGone));

let poll = 0;
const startPolling = () => { poll ||= setInterval(() => document.hidden || refresh(liveCards()), POLL); };
const stopPolling = () => { clearInterval(poll); poll = 0; };

// Several moves of one job within a moment become one request.
const waiting = new Map();
const soon = (id) => {
  if (waiting.has(id)) return;
  waiting.set(id, setTimeout(() => {
    waiting.delete(id);
    refresh(document.querySelectorAll(`[data-job="${CSS.escape(id)}"]`));
  }, 150));
};

let source = null;
const close = () => { source?.close(); source = null; };

const listen = () => {
  close();
  const stream = new EventSource(url);
  source = stream;
  stream.onopen = () => {
    stopPolling();
    refresh(liveCards()); // what moved before the stream was open told nobody
    window.htmx?.trigger(document.body, "live:open");
  };
  stream.onerror = () => {
    startPolling();
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => { if (source === stream) start(); }, 10_000);
  };
  for (const type of TYPES) {
    stream.addEventListener(type, (event) => {
      const detail = read(event.data);
      if (type === "job" && detail.id) soon(detail.id);
      if (type === "batch" && detail.id) refresh(document.querySelectorAll(`[data-batch="${CSS.escape(detail.id)}"] [data-job][data-live]`));
      window.htmx?.trigger(document.body, `live:${type}`, detail);
    });
  }
};

let isSignedOut = false;
const start = () => {
  if (isSignedOut) return;
  if (window.EventSource) listen();
  else startPolling();
};
if (url) {
  start();
  document.addEventListener("session:lost", () => { isSignedOut = true; close(); stopPolling(); });
  document.addEventListener("session:renewed", () => { isSignedOut = false; start(); });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => { if (event.persisted) start(); });
  // A browser has six connections to a server: a tab that nobody looks at gives its own back.
  let away = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(away);
    if (document.hidden) away = setTimeout(close, AWAY);
    else if (!source) start();
    else if (poll) refresh(liveCards());
  });
}
