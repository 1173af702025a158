// A session that ends, or becomes another, while the page is open. The server answers a script 401 then and has done
// nothing. The page stays as it is and says so once; signing in opens beside it. Once it is renewed:
//   "session:renewed" on the document   who kept something back (js/uploads.js, js/live.js) sends it now
//   "session:lost"                      the same, before; a script that gets a 401 by itself sends it, too
// What only looks (a list's next part) is asked for again by itself. What a person pressed is for them to press again.
const page = document.body.dataset;
const region = document.getElementById("toasts");
const FRESH = 60_000; // after this long without an answer a form asks first whether the session is still there
const waiting = new Map();
let notice = null;
let heard = performance.now();
let asking = null;

const say = (template, text) => {
  const fresh = document.getElementById(template).content.firstElementChild.cloneNode(true);
  if (text) fresh.querySelector("p").textContent = text;
  notice?.remove();
  notice = fresh;
  region.append(fresh);
};
const tell = (type) => document.dispatchEvent(new CustomEvent(type));

const renew = (token) => {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  document.body.setAttribute("hx-headers", JSON.stringify({ ...headers, "X-CSRFToken": token }));
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
};

const again = () => {
  const looks = [...waiting];
  waiting.clear();
  for (const [place, type] of looks) if (place.isConnected) window.htmx.trigger(place, type);
};

// Whether the session is there and is that of the page; says so where it is not.
const look = async () => {
  const answer = await fetch("/accounts/session/", { headers: { "HX-Request": "true" } });
  if (answer.status === 401) { lose(); return false; }
  if (!answer.ok) return true; // the server has other troubles, which the press itself will tell
  const now = await answer.json();
  heard = performance.now();
  if (now.person !== page.person || now.team !== page.team) {
    say("other-person-template", now.person === page.person
      ? "You work for another team in this browser now. Reload the page to go on there."
      : `This browser is signed in as ${now.name} now. Reload the page to go on as ${now.name}.`);
    return false;
  }
  renew(now.token);
  if (notice) {
    notice.remove();
    notice = null;
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: "Signed in again. Go on where you were.", tone: "good" } }));
    tell("session:renewed");
    again();
  }
  return true;
};
const check = () => { asking ??= look().catch(() => true).finally(() => { asking = null; }); return asking; };

const lose = () => {
  if (notice?.isConnected) return;
  say("signed-out-template");
  tell("session:lost");
};

document.addEventListener("htmx:afterRequest", ({ detail }) => { if (detail.successful) heard = performance.now(); });
document.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status !== 401) return;
  const { elt, verb, triggeringEvent } = detail.requestConfig;
  if (verb === "get" && triggeringEvent) waiting.set(elt, triggeringEvent.type);
  lose();
  check(); // it may be another session, which is there
});
document.addEventListener("session:refused", check);

// A form that loads another page would lose what is in it, so a page that has heard nothing for a while asks first.
window.addEventListener("submit", (event) => {
  const form = event.target;
  const isPlain = form.method === "post" && !form.closest("[hx-post], [data-hx-post]");
  if (event.defaultPrevented || !isPlain || performance.now() - heard < FRESH) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  check().then((isThere) => {
    heard = performance.now();
    if (isThere) form.requestSubmit(submitter);
    else heard = -Infinity;
  });
}, { capture: true });

const comesBack = () => { if (notice && !document.hidden) check(); };
new BroadcastChannel("packshot-session").addEventListener("message", check);
document.addEventListener("visibilitychange", comesBack);
window.addEventListener("focus", comesBack);
window.addEventListener("pageshow", (event) => { if (event.persisted) heard = -Infinity; });

region.addEventListener("click", (event) => {
  if (event.target.closest("[data-reload]")) location.reload();
  const link = event.target.closest(".is-session a");
  // A window of its own, so that the page stays in sight; where browsers allow none, the link opens a tab.
  if (link && window.open(link.href, link.target, "popup,width=520,height=760")) event.preventDefault();
});
