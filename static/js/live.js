// News from the server. <body data-events="/events/"> names the stream.
//   event "job", data {"id": "job_…"}: every [data-job="job_…"] fetches itself again by its hx-get (hx-trigger="refresh")
//   event "batch", data {"id": "batch_…"}: many of its jobs moved at once; live cards in [data-batch="batch_…"] do the same
//   every event is passed on:  hx-trigger="live:job from:body" refreshes anything else
//   "live:open" on the body says that the stream is open (again): look for what was missed
// While the stream is down, whatever is marked data-live fetches itself every 3 seconds.
const POLL = 3000;
const AWAY = 30_000;
const TYPES = ["job", "batch", "picture", "credits", "connection", "upload"];
const url = document.body.dataset.events;

const refresh = (cards) => cards.forEach((card) => window.htmx?.trigger(card, "refresh"));
const liveCards = () => document.querySelectorAll("[data-live]");
const read = (text) => { try { return JSON.parse(text); } catch { return {}; } };

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
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => { if (source === stream) listen(); }, 10_000);
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

const start = () => { if (window.EventSource) listen(); else startPolling(); };
if (url) {
  start();
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
