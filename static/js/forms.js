// A form is sent once: the pressed button turns busy until the next page or the answer arrives.
//   <form data-submit-on-change>   sends itself when a choice changes (filters)
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button?.matches(".button") || event.target.method === "dialog") return;
  if (button.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
  button.setAttribute("aria-busy", "true");
});

// Back from the next page: the button works again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.querySelectorAll(".button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});
document.addEventListener("htmx:afterRequest", (event) => {
  event.target.querySelectorAll?.(".button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});

document.addEventListener("change", (event) => {
  event.target.closest("form[data-submit-on-change]")?.requestSubmit();
});
