// Signing in beside an open page has ended: tell that page (js/session.js), and leave.
const channel = new BroadcastChannel("packshot-session");
channel.postMessage("signed in");
window.close(); // does nothing for a tab that a person opened
