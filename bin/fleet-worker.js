// A process of `ssot fleet`, which alone starts it: it works on one target after the other.
import module from "node:module";
import { isAbsolute, join } from "node:path";

const { HOME = "", XDG_CACHE_HOME = join(HOME, ".cache") } = process.env;
if (isAbsolute(XDG_CACHE_HOME)) module.enableCompileCache?.(join(XDG_CACHE_HOME, "ssot"));
const { serveFleet } = await import("../dist/src/cli/fleet/worker.js");

serveFleet();
