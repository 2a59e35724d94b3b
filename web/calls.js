import { ask } from "./ask.js";
import { callItem } from "./call-item.js";
import { showFigures } from "./figures.js";

/** @typedef {import("./call-item.js").Call} Call */

const pageSize = 10;
const recentSize = 5;
const namelessSize = 5;
const pauseMs = 250;

const calls = byId("calls", HTMLUListElement);
const nameless = byId("nameless-calls", HTMLUListElement);
const namelessCount = byId("nameless-count", HTMLElement);
const recent = byId("recent-calls", HTMLUListElement);
const search = byId("search", HTMLInputElement);
const firstCall = byId("first-call", HTMLButtonElement);
const previous = byId("previous", HTMLButtonElement);
const next = byId("next", HTMLButtonElement);
const count = byId("count", HTMLElement);
const range = byId("range", HTMLElement);
const notice = byId("notice", HTMLElement);

let page = 1;
let newCall = "";
let asking = new AbortController();

/** Shows what the database says now; an answer that a later question overtook is not shown. */
async function refresh() {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const query = new URLSearchParams({ page: String(page), limit: String(pageSize) });
  const searched = search.value.trim();
  if (searched !== "") query.set("search", searched);
  const [listed, latest, unnamed, figures] = await Promise.all([
    ask(`/api/calls-dashboard?${query}`, { signal }),
    ask(`/api/calls-dashboard/recent?limit=${recentSize}`, { signal }),
    ask(`/api/calls-dashboard?named=false&limit=${namelessSize}`, { signal }),
    ask("/demo/figures", { signal }),
  ]);
  if (signal.aborted) return;
  showPage(listed, searched);
  showNameless(unnamed);
  showFigures(figures);
  recent.replaceChildren(
    ...latest.calls.map((/** @type {Call} */ call) => callItem(call, { isNew: call.id === newCall })),
  );
}

/**
 * @param {{ readonly calls: readonly Call[], readonly total: number }} listed
 * @param {string} searched
 */
function showPage(listed, searched) {
  const { total } = listed;
  calls.replaceChildren(...listed.calls.map(namedItem));
  const first = (page - 1) * pageSize + 1;
  const last = Math.min(total, page * pageSize);
  const many = total === 1 ? "1 call" : `${total.toLocaleString()} calls`;
  count.textContent = searched === "" ? many : `${total === 0 ? "No call" : many} found for “${searched}”`;
  range.textContent =
    total === 0 ? "" : `${first.toLocaleString()}–${last.toLocaleString()} of ${total.toLocaleString()}`;
  previous.disabled = page === 1;
  next.disabled = last >= total;
}

/** @param {{ readonly calls: readonly Call[], readonly total: number }} listed the newest of them */
function showNameless(listed) {
  const { calls: newest, total } = listed;
  const many = total === 1 ? "1 call shows" : `${total.toLocaleString()} calls show`;
  const which = total > newest.length ? `, the newest ${newest.length} of them here` : "";
  namelessCount.textContent = total === 0 ? "Every caller has a name." : `${many} no name${which}.`;
  nameless.replaceChildren(...newest.map(namedItem));
}

/** @param {Call} call */
function namedItem(call) {
  return callItem(call, { isNew: call.id === newCall, onRename: (name) => rename(call, name) });
}

/**
 * Names the contact, or the caller who is none yet. Throws what the server says against the name.
 * @param {Call} call
 * @param {string} name
 */
async function rename(call, name) {
  const renamed =
    call.contact_id === null
      ? await ask("/demo/name-caller", { body: { callId: call.id, name } })
      : await ask("/demo/rename", { body: { contactId: call.contact_id, name } });
  const many = renamed.calls === 1 ? "1 call shows" : `${renamed.calls} calls show`;
  const isOthers = renamed.name !== name.trim();
  const done = call.name_source === "contact" ? "Renamed to" : isOthers ? "Somebody has named this caller" : "Named";
  // What is said stands on the page already; a refresh that a search overtook leaves that to the search.
  const isShown = await attempt(refresh);
  if (isShown) say(`${done} ${isolated(renamed.name)}: ${many} the new name at once.`);
  const again = calls.querySelector(`[data-call="${CSS.escape(call.id)}"] .rename`);
  if (again instanceof HTMLButtonElement) again.focus();
  // A search for the former name finds it no more.
  else search.focus();
}

/**
 * Does what a control asks for. False where it failed, which is told; what was overtaken has not failed.
 * @param {() => Promise<void>} work
 */
async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return true;
    say(error instanceof Error ? error.message : String(error), "broken");
    return false;
  }
}

/**
 * @param {string} text
 * @param {"good" | "broken"} tone
 */
function say(text, tone = "good") {
  notice.className = tone;
  notice.textContent = text;
}

/**
 * A name inside a sentence, whichever way it is written.
 * @param {string} name
 */
function isolated(name) {
  return `\u2068${name}\u2069`;
}

/**
 * @template {HTMLElement} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
function byId(id, kind) {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${id}`);
}

/** @param {number} by */
function turn(by) {
  page += by;
  return attempt(async () => {
    await refresh();
    // The button that was pressed may have become useless.
    if (document.activeElement === document.body) (by > 0 ? previous : next).focus();
    byId("all", HTMLElement).scrollIntoView();
  });
}

previous.addEventListener("click", () => turn(-1));
next.addEventListener("click", () => turn(1));

let pause = 0;
search.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(() => {
    page = 1;
    void attempt(refresh);
  }, pauseMs);
});

firstCall.addEventListener("click", () =>
  attempt(async () => {
    const { name, number, callId } = await ask("/demo/first-call", { body: {} });
    [page, search.value, newCall] = [1, "", callId];
    await refresh();
    say(`${isolated(name)} called for the first time, from ${isolated(number)}: the webhook made a contact at once.`);
  }),
);

// Somebody may have called meanwhile, from a terminal; a name that is being written is left alone.
window.addEventListener("focus", () => {
  if (document.querySelector("main form") === null) void attempt(refresh);
});

await attempt(refresh);
