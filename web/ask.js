/**
 * Asks the server, and gives its JSON. Throws an error whose message is for the reader.
 * @param {string} path
 * @param {{ readonly body?: object, readonly signal?: AbortSignal }} [options] with a body: POST
 * @returns {Promise<any>}
 */
export async function ask(path, { body, signal } = {}) {
  const response = await fetch(path, {
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
    headers: body === undefined ? {} : { "content-type": "application/json" },
  }).catch((cause) => {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Error("The server does not answer. Does it still run?", { cause });
  });
  if (response.ok) return response.json();
  if (response.status === 401) throw new Error("The server was started anew: reload this page.");
  const told = await response.json().catch(() => undefined);
  throw new Error(told?.error?.message ?? `The server answers with status ${response.status}.`);
}
