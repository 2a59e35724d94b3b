#!/usr/bin/env node
import module from "node:module";
import { isAbsolute, join } from "node:path";

// Node 22 and newer keep what they have compiled, for the next start: in a folder of this user, for what lies in a shared one anybody may
// have put there, and it is run.
const { HOME = "", XDG_CACHE_HOME = join(HOME, ".cache") } = process.env;
if (isAbsolute(XDG_CACHE_HOME)) module.enableCompileCache?.(join(XDG_CACHE_HOME, "ssot"));
const { run } = await import("../dist/src/cli/run.js");

process.exitCode = await run(process.argv, process);
// A query that nobody waits for any more must not keep an interrupted command alive.
if (process.exitCode === 130) process.exit();
