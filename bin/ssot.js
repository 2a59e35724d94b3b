#!/usr/bin/env node
import { run } from "../dist/src/cli/run.js";

process.exitCode = await run(process.argv, process);
// A query that nobody waits for any more must not keep an interrupted command alive.
if (process.exitCode === 130) process.exit();
