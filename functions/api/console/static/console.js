// The console's only script: signs in, fetches server-rendered pages, refreshes them, sends forms.
// It never builds markup from data: it parses the server's escaped HTML, and sets text as text.
"use strict";

const view = document.getElementById("view");
const EVERY = 2000;
let served = new Map(); // part name -> HTML as the server last sent it
let shown = "";
let etag = "";
let running = false;
let session = null;

const stored = (name) => sessionStorage.getItem(name);
const notify = (text, bad) => {
  const box = document.getElementById("answer");
  box.hidden = !text;
  box.textContent = text;
  box.classList.toggle("bad", Boolean(bad));
};
const pulse = (text, level) => {
  const mark = document.getElementById("pulse");
  if (mark.textContent !== text) mark.textContent = text;
  mark.className = `pulse ${level}`;
};

async function call(path, options = {}) {
  const headers = { ...options.headers, authorization: `Bearer ${stored("token") || ""}` };
  const answer = await fetch(path, { ...options, headers, cache: "no-store" });
  if (answer.status === 401) {
    const { reason } = await answer.json();
    sessionStorage.removeItem("token");
    signIn();
    notify(reason, true);
    throw new Error(reason);
  }
  return answer;
}

// --- pages -----------------------------------------------------------------------------------

function fragment() {
  const path = location.pathname === "/" ? "/operations" : location.pathname;
  return `/view${path}`;
}

async function refresh() {
  if (running || !stored("token")) return;
  running = true;
  const wanted = fragment();
  try {
    const headers = shown === wanted && etag ? { "if-none-match": etag } : {};
    const answer = await call(wanted, { headers });
    if (answer.status !== 304) show(wanted, await answer.text(), answer.headers.get("etag") || "");
    pulse(answer.ok || answer.status === 304 ? "live" : `error ${answer.status}`, answer.status < 400 ? "live" : "lost");
  } catch (error) {
    if (stored("token")) pulse("connection lost", "lost");
  } finally {
    running = false;
  }
}

function show(wanted, html, tag) {
  if (wanted !== fragment()) return;
  const next = new DOMParser().parseFromString(html, "text/html").querySelector("main");
  if (!next) return problem(html);
  const parts = new Map([...next.querySelectorAll("[data-part]")].map((p) => [p.dataset.part, p.outerHTML]));
  const same = shown === wanted && [...parts.keys()].join() === [...served.keys()].join();
  if (same) {
    for (const part of next.querySelectorAll("[data-part]")) {
      if (served.get(part.dataset.part) !== parts.get(part.dataset.part)) swap(part);
    }
  } else {
    const typed = shown === wanted ? keep(view) : null;
    view.replaceChildren(...next.childNodes);
    if (typed) restore(view, typed);
  }
  announce(next);
  [served, shown, etag] = [parts, wanted, tag];
}

function problem(text) {
  let reason = text;
  try { reason = JSON.parse(text).reason; } catch { /* not JSON: shown unchanged */ }
  const line = document.createElement("p");
  line.textContent = reason;
  view.replaceChildren(line);
  [served, shown, etag] = [new Map(), "", ""];
}

function swap(part) {
  const old = view.querySelector(`[data-part="${part.dataset.part}"]`);
  const typed = keep(old);
  old.replaceWith(part);
  restore(part, typed);
}

// Typed text, choices and focus survive a refresh.
function keep(root) {
  const active = document.activeElement;
  return {
    focus: root.contains(active) ? active.id : "",
    range: active && active.setSelectionRange && active.type !== "radio" ? [active.selectionStart, active.selectionEnd] : null,
    values: [...root.querySelectorAll("input[id],select[id]")].map((i) => [i.id, i.value, i.checked]),
    report: (root.querySelector("#report:not([hidden])") || {}).textContent,
    reply: [...((root.querySelector("#reply") || {}).childNodes || [])],
  };
}

function restore(root, typed) {
  for (const [id, value, checked] of typed.values) {
    const input = root.querySelector(`#${CSS.escape(id)}`);
    if (!input) continue;
    if (input.type === "radio") input.checked = checked;
    else input.value = value;
  }
  const report = root.querySelector("#report");
  if (report && typed.report) [report.hidden, report.textContent] = [false, typed.report];
  const reply = root.querySelector("#reply");
  if (reply) reply.replaceChildren(...typed.reply);
  const focus = typed.focus && document.getElementById(typed.focus);
  if (!focus) return;
  focus.focus({ preventScroll: true });
  if (typed.range && focus.setSelectionRange && typed.range[0] !== null) focus.setSelectionRange(...typed.range);
}

function announce(next) {
  const title = `${next.dataset.title} · Quorum`;
  if (document.title !== title) document.title = title;
  const news = document.getElementById("news");
  if (news.textContent !== next.dataset.news) news.textContent = next.dataset.news;
}

function go(path) {
  history.pushState(null, "", path);
  arrive();
}

function arrive() {
  notify("");
  for (const link of document.querySelectorAll("nav a")) {
    const here = link.pathname === location.pathname;
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  etag = "";
  view.focus({ preventScroll: true });
  scrollTo(0, 0);
  refresh();
}

// --- forms -----------------------------------------------------------------------------------

async function send(form, button) {
  const fields = Object.fromEntries(new FormData(form, button));
  let path = button.dataset.post || form.dataset.post;
  if (button.dataset.change && fields.action && fields.action !== button.dataset.asked) path = button.dataset.change;
  if (path !== button.dataset.change && path.startsWith("/v1/incidents/")) delete fields.action;
  if (!/\/(approve|deny|change)$/.test(path)) delete fields.approval_id;
  const buttons = form.querySelectorAll("button");
  buttons.forEach((b) => (b.disabled = true));
  try {
    const answer = await call(path, {
      method: form.dataset.method || "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(fields),
    });
    const result = await answer.json();
    notify(answer.ok ? result.done : result.reason || `Refused (status ${answer.status}).`, !answer.ok);
    if (answer.ok) form.reset();
  } catch (error) {
    notify(`Request failed: ${error.message}. It is safe to retry.`, true);
  } finally {
    buttons.forEach((b) => (b.disabled = false));
    etag = "";
    refresh();
  }
}

async function showReport(button) {
  const answer = await call(button.dataset.open);
  const report = document.getElementById("report");
  report.textContent = await answer.text();
  report.hidden = false;
  report.focus();
}

// --- questions -------------------------------------------------------------------------------

// Answers quote logs: every text is set as text. Links lead to sections of this page alone.
const SECTIONS = { brief: "Summary", changes: "Changes", decision: "Decision", gaps: "Known gaps", graph: "Dependencies", logs: "Log patterns", plots: "Metrics", timeline: "Timeline", votes: "Votes" };

function element(name, text = "", parent = null) {
  const made = document.createElement(name);
  made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

function replied(found) {
  const list = element("ul");
  const section = new Map(found.cited.map((finding) => [finding.id, finding.section]));
  for (const statement of found.statements) {
    const line = element("li", `${statement.text} `, list);
    for (const id of statement.cites) {
      const link = element("a", SECTIONS[section.get(id)] || "Evidence", line);
      link.href = `#${Object.hasOwn(SECTIONS, section.get(id)) ? section.get(id) : "plots"}-title`;
      link.title = id;
      link.className = "cite";
      line.append(" ");
    }
  }
  for (const gap of found.missing) element("li", gap, list).className = "muted";
  if (!found.topic) element("li", `This question is not understood. Ask for example: ${found.examples.join(" · ")}`, list);
  return list;
}

async function ask(form) {
  const reply = document.getElementById("reply");
  const asked = new FormData(form).get("question");
  const answer = await call(form.dataset.ask, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ question: asked }),
  });
  const found = await answer.json();
  if (!answer.ok) return notify(found.reason || `Refused (status ${answer.status}).`, true);
  reply.replaceChildren(element("h3", asked), replied(found));
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.dataset.ask) ask(event.target).catch((error) => notify(`Request failed: ${error.message}.`, true));
  else if (event.target.id === "token-form") {
    sessionStorage.setItem("token", new FormData(event.target).get("token").trim());
    arrive();
  } else send(event.target, event.submitter || event.target.querySelector("button"));
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-view]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    go(link.pathname);
  }
  const button = event.target.closest("button");
  if (button && button.dataset.open) showReport(button);
  if (button && button.id === "sign-in") toCognito();
});
addEventListener("popstate", arrive);

// --- sign-in ---------------------------------------------------------------------------------

function signIn() {
  const which = session && session.login ? "with-cognito" : "with-token";
  view.replaceChildren(document.getElementById(which).content.cloneNode(true));
  [served, shown, etag] = [new Map(), "", ""];
  pulse("signed out", "");
}

const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// The authorization code flow with PKCE (RFC 7636) for a client without a secret.
async function toCognito() {
  const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
  const [verifier, state] = [random(), random()];
  sessionStorage.setItem("verifier", verifier);
  sessionStorage.setItem("state", state);
  sessionStorage.setItem("back", location.pathname);
  const challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  const query = new URLSearchParams({
    response_type: "code", client_id: session.client, redirect_uri: `${location.origin}/`,
    scope: "openid email", state, code_challenge: challenge, code_challenge_method: "S256",
  });
  location.assign(`${session.login}/oauth2/authorize?${query}`);
}

// A code is redeemed only in the tab that requested it, which holds the state and verifier; both are single-use.
async function fromCognito(query) {
  const [state, verifier, back] = ["state", "verifier", "back"].map(stored);
  for (const name of ["state", "verifier", "back"]) sessionStorage.removeItem(name);
  history.replaceState(null, "", back || "/");
  if (!state || !verifier || query.get("state") !== state) return;
  const body = new URLSearchParams({
    grant_type: "authorization_code", client_id: session.client, code: query.get("code"),
    redirect_uri: `${location.origin}/`, code_verifier: verifier,
  });
  const answer = await fetch(`${session.login}/oauth2/token`, { method: "POST", body });
  if (answer.ok) sessionStorage.setItem("token", (await answer.json()).id_token);
}

async function start() {
  session = await (await fetch("/session")).json();
  const printed = new URLSearchParams(location.hash.slice(1)).get("token");
  if (printed && !session.login) {
    sessionStorage.setItem("token", printed);
    history.replaceState(null, "", location.pathname);
  }
  const query = new URLSearchParams(location.search);
  if (session.login && query.has("code")) await fromCognito(query);
  if (stored("token")) arrive();
  else signIn();
  setInterval(() => document.hidden || refresh(), EVERY);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
}

start();
