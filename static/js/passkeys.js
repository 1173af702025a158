// Shows what needs passkeys where the browser has them, and says in words why one was not used.
// allauth's own scripts (from its package) speak with the device and send "allauth.error" when that fails.
const isNamed = !/^[\d.]+$|^\[/.test(location.hostname);  // a passkey belongs to a name, never to a bare number
const works = Boolean(window.PublicKeyCredential) && isSecureContext && isNamed;

for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = !works;
for (const note of document.querySelectorAll("[data-no-passkey]")) note.hidden = works;

const SENTENCES = {
  NotAllowedError: "The device did not confirm it, or it took too long. Press the button to try again.",
  InvalidStateError: "This device keeps a passkey for your account already.",
  SecurityError: "Passkeys do not work at this address. Ask the person who runs Packshot for you.",
};

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const text = SENTENCES[event.detail.exception?.name] ?? "The passkey could not be used. Reload the page and try again.";
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "bad" }, bubbles: true }));
  document.querySelectorAll(".button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});
