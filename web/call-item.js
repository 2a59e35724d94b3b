/**
 * A call as the API gives it.
 * @typedef {object} Call
 * @property {string} id
 * @property {string | null} contact_id
 * @property {"inbound" | "outbound"} call_direction
 * @property {string} phone_number
 * @property {string} phone_number_formatted
 * @property {string} caller_name
 * @property {"contact" | "phone" | "unknown"} name_source
 * @property {string} created_at
 */

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

let problems = 0;

/**
 * A call as an item of a list. Names are callers' own words: they become text, never markup.
 * @param {Call} call
 * @param {{ readonly isNew: boolean, readonly onRename?: (name: string) => Promise<void> }} options
 */
export function callItem(call, { isNew, onRename }) {
  const item = element("li", isNew ? "new" : "");
  item.dataset.call = call.id;
  const name = element("div", "name");
  name.append(shownName(call), element("span", `badge ${call.name_source}`, call.name_source));
  item.append(name);
  if (call.phone_number !== call.caller_name) {
    const number = element("div", "number");
    number.append(aside(call.phone_number_formatted, "ltr"));
    item.append(number);
  }
  const when = document.createElement("time");
  when.dateTime = call.created_at;
  when.textContent = time.format(new Date(call.created_at));
  const facts = element("div", "facts soft");
  facts.append(element("span", `way ${call.call_direction}`, call.call_direction), when);
  item.append(facts);
  if (onRename !== undefined && canBeNamed(call)) item.append(renaming(call, onRename));
  return item;
}

/**
 * A contact can get another name, and a number a contact; a call without either has nobody to name.
 * @param {Call} call
 */
function canBeNamed(call) {
  return call.contact_id !== null || call.name_source === "phone";
}

/** @param {Call} call */
function shownName(call) {
  return call.caller_name === call.phone_number
    ? aside(call.phone_number_formatted, "ltr")
    : aside(call.caller_name, "auto");
}

/**
 * A button that becomes a form, and the form a button again.
 * @param {Call} call
 * @param {(name: string) => Promise<void>} onRename
 */
function renaming(call, onRename) {
  const place = element("div", "renaming");
  const verb = call.name_source === "contact" ? "Rename" : "Name";
  const button = element("button", "rename", verb);
  button.type = "button";
  button.setAttribute("aria-label", `${verb} ${shownName(call).textContent}`);
  const close = () => {
    place.replaceChildren(button);
    button.focus();
  };
  button.addEventListener("click", () => {
    const { form, input } = renameForm(call, onRename, close);
    place.replaceChildren(form);
    input.focus();
    input.select();
  });
  place.append(button);
  return place;
}

/**
 * @param {Call} call
 * @param {(name: string) => Promise<void>} onRename
 * @param {() => void} close
 */
function renameForm(call, onRename, close) {
  const form = element("form", "");
  const label = element("label", "");
  const input = document.createElement("input");
  input.value = call.name_source === "contact" ? call.caller_name : "";
  input.maxLength = 200;
  input.dir = "auto";
  input.autocomplete = "off";
  label.append(element("span", "", call.name_source === "contact" ? "New name" : "Name"), input);
  const save = element("button", "strong", "Save");
  const cancel = element("button", "", "Cancel");
  cancel.type = "button";
  const problem = element("p", "problem");
  problem.setAttribute("role", "alert");
  // A call may be in two lists.
  problems += 1;
  problem.id = `problem-${problems}`;
  form.append(label, save, cancel, problem);
  cancel.addEventListener("click", close);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    save.disabled = true;
    try {
      await onRename(input.value);
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", problem.id);
      input.focus();
    } finally {
      save.disabled = false;
    }
  });
  return { form, input };
}

/**
 * Somebody's text, whichever way it is written, apart from what stands around it.
 * @param {string} text
 * @param {"auto" | "ltr"} direction
 */
function aside(text, direction) {
  const node = document.createElement("bdi");
  node.dir = direction;
  node.textContent = text;
  return node;
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {string} [text]
 */
function element(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}
