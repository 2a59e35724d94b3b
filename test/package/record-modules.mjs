// For `node --import`: writes the address of every module that is loaded to the file that SSOT_TEST_LOADED names.
import { appendFileSync } from "node:fs";
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

// Hooks run on a thread of their own, in this same file.
if (isMainThread) register(import.meta.url);

export async function load(url, context, nextLoad) {
  appendFileSync(process.env.SSOT_TEST_LOADED, `${url}\n`);
  return nextLoad(url, context);
}
