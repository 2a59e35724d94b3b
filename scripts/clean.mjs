// Removes the build folder, so that a renamed source file leaves no old module behind.
import { rmSync } from "node:fs";

rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
