// Checks the layers, and that the checker saw them: one that reads no module would pass everything.
import { cruise } from "dependency-cruiser";
import extractDepcruiseOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";

const options = await extractDepcruiseOptions("./.dependency-cruiser.cjs");
const { output } = await cruise(["src", "verify", "fixtures"], options, undefined, {
  tsConfig: extractTSConfig("./tsconfig.json"),
});
const { summary, modules } = output;
const own = modules.filter(({ source }) => /^(src|verify|fixtures)\//.test(source));
const edges = own.flatMap(({ dependencies }) => dependencies).length;
for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} → ${to}`);
console.log(`layers: ${own.length} modules, ${edges} dependencies, ${summary.violations.length} violations`);
if (summary.violations.length > 0 || own.length < 20 || edges < own.length) process.exitCode = 1;
