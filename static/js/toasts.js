// Short notices. The server sends them as Django messages in the page, as an out-of-band swap into #toasts,
// or as an event:  HX-Trigger: {"toast": {"text": "Saved.", "tone": "good"}}
// Scripts send:    document.dispatchEvent(new CustomEvent("toast", {detail: {text: "Copied."}, bubbles: true}))
const STAY = 6000;
const region = document.getElementById("toasts");

const leave = (toast) => {
  toast.classList.add("is-leaving");
  setTimeout(() => toast.remove(), 260);
};

// A notice that offers an action or tells of a fault stays until it is put away.
const start = (toast) => {
  if (toast.dataset.started) return;
  toast.dataset.started = "";
  if (toast.matches("[data-stays]")) return;
  let timer = setTimeout(leave, STAY, toast);
  const hold = () => clearTimeout(timer);
  const release = () => { hold(); timer = setTimeout(leave, STAY, toast); };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", release);
  toast.addEventListener("focusout", release);
};

const add = ({ text, tone = "neutral" }) => {
  const toast = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  toast.querySelector("p").textContent = text;
  toast.toggleAttribute("data-stays", tone === "bad");
  region.append(toast);
};

if (region) {
  new MutationObserver(() => region.querySelectorAll(".toast").forEach(start)).observe(region, { childList: true });
  region.querySelectorAll(".toast").forEach(start);
  region.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) leave(event.target.closest(".toast"));
  });
  document.addEventListener("toast", (event) => add(event.detail));
  document.addEventListener("htmx:sendError", () => add({ text: "The server cannot be reached. Check the connection and try again.", tone: "bad" }));
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (xhr.status === 401) return; // js/session.js says that once
    const plain = xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
    add({ text: plain && xhr.responseText ? xhr.responseText : `The server answered ${xhr.status} and did nothing. Reload the page and try again.`, tone: "bad" });
  });
}
