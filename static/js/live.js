// News from the server. <body data-events="/events/"> names the stream.
//   event "job", data {"id": "job_…"}: every [data-job="job_…"] fetches itself again by its hx-get (hx-trigger="refresh")
//   every event is passed on:  hx-trigger="live:job from:body" refreshes anything else
// While the stream is down, cards marked data-live fetch themselves every 3 seconds.
const POLL = 3000;
const TYPES = ["job", "picture", "credits", "connection", "upload"];
const url = document.body.dataset.events;

const refresh = (cards) => cards.forEach((card) => window.htmx?.trigger(card, "refresh"));
const liveCards = () => document.querySelectorAll("[data-job][data-live]");
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

const listen = () => {
  const source = new EventSource(url);
  let missed = false;
  source.onopen = () => {
    stopPolling();
    if (missed) refresh(liveCards());
    missed = false;
  };
  source.onerror = () => {
    missed = true;
    startPolling();
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 10_000);
  };
  for (const type of TYPES) {
    source.addEventListener(type, (event) => {
      const detail = read(event.data);
      if (type === "job" && detail.id) soon(detail.id);
      window.htmx?.trigger(document.body, `live:${type}`, detail);
    });
  }
  window.addEventListener("pagehide", () => source.close(), { once: true });
};

if (url && window.EventSource) listen();
else if (url) startPolling();
window.addEventListener("pageshow", (event) => { if (event.persisted && url) listen(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden && poll) refresh(liveCards()); });
