#!/usr/bin/env node
import module from "node:module";

// Node 22 and newer keep what they have compiled, for the next start.
module.enableCompileCache?.();
const { run } = await import("../dist/src/cli/run.js");

process.exitCode = await run(process.argv, process);
// A query that nobody waits for any more must not keep an interrupted command alive.
if (process.exitCode === 130) process.exit();
