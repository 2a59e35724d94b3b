import { countOf } from "./format.ts";
import type { Style } from "./style.ts";
import { wrapText } from "./wrap.ts";

export interface SuiteListing {
  readonly suites: readonly {
    readonly id: string;
    readonly title: string;
    readonly checks: readonly { readonly id: string; readonly claim: string; readonly severity: string }[];
  }[];
}

/** Each suite with the claims of its checks. */
export function renderSuiteList({ suites }: SuiteListing, style: Style): string {
  const total = suites.reduce((sum, { checks }) => sum + checks.length, 0);
  return [
    ...suites.flatMap(({ id, title, checks }) => [
      wrapText(title, { width: style.width, first: `${id}  `, rest: " ".repeat(id.length + 2) }),
      ...checks.map(({ id: check, claim, severity }) => {
        const text = severity === "warn" ? `${claim} (a warning)` : claim;
        return wrapText(text, { width: style.width, first: `  ${check.padEnd(20)} `, rest: " ".repeat(23) });
      }),
      "",
    ]),
    `${countOf(suites.length, "suite")}, ${countOf(total, "check")}. Nothing was asked.`,
  ].join("\n");
}
