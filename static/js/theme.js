// Loaded in the head without defer, so that the chosen theme is there before the first paint.
(() => {
  const root = document.documentElement;
  const read = () => {
    try { return localStorage.getItem("packshot-theme") || ""; } catch { return ""; }
  };
  const show = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const choice of document.querySelectorAll("[data-theme-choice]")) {
      choice.setAttribute("aria-pressed", String(choice.dataset.themeChoice === theme));
    }
  };
  show(read());
  document.addEventListener("DOMContentLoaded", () => show(read()));
  window.addEventListener("storage", () => show(read()));
  document.addEventListener("click", (event) => {
    const choice = event.target.closest?.("[data-theme-choice]");
    if (!choice) return;
    try { localStorage.setItem("packshot-theme", choice.dataset.themeChoice); } catch { /* private window: this page only */ }
    show(choice.dataset.themeChoice);
  });
})();
