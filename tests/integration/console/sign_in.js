// Load the console's script into an empty page, return from a sign-in, and print the requests made.
const fs = require("fs"), vm = require("vm"), crypto = require("crypto");
const [script, search, kept] = [process.argv[2], process.argv[3], JSON.parse(process.argv[4])];
const store = new Map(Object.entries(kept)), calls = [];
const element = () => ({
  content: { cloneNode: () => ({}) }, classList: { toggle() {} }, dataset: {}, textContent: "",
  replaceChildren() {}, addEventListener() {}, focus() {}, querySelectorAll: () => [], querySelector: () => null,
});
const page = {
  document: { ...element(), getElementById: element, hidden: true, title: "" },
  sessionStorage: {
    getItem: (k) => (store.has(k) ? store.get(k) : null), setItem: (k, v) => store.set(k, v), removeItem: (k) => store.delete(k),
  },
  location: { pathname: "/", search, hash: "", origin: "https://console.example" },
  history: { replaceState() {}, pushState() {} },
  DOMParser: class { parseFromString() { return { querySelector: () => null }; } },
  crypto: crypto.webcrypto, CSS: { escape: (x) => x }, URLSearchParams, TextEncoder, btoa, Map,
  setInterval() {}, addEventListener() {}, scrollTo() {},
  fetch: async (path, options = {}) => {
    calls.push([path, options.body ? String(options.body) : ""]);
    if (path === "/session") return { json: async () => ({ login: "https://login.example", client: "c1" }) };
    if (path.endsWith("/oauth2/token")) return { ok: true, json: async () => ({ id_token: "redeemed" }) };
    return { ok: true, status: 200, text: async () => "", headers: { get: () => null } };
  },
};
vm.runInNewContext(fs.readFileSync(script, "utf8"), page);
setTimeout(() => console.log(JSON.stringify({ calls, kept: Object.fromEntries(store) })), 200);
