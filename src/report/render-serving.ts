import type { PreparedReport } from "../core/demo/prepare-demo.ts";
import type { Style } from "./style.ts";
import { wrapText } from "./wrap.ts";

export interface ServingReport extends PreparedReport {
  readonly serving: {
    readonly page: string;
    readonly webhook: string;
    readonly webhookSecret: string;
    readonly api: string;
    readonly token: string;
    /** The folder of the database, where it stays; other commands reach it with `--embedded`. */
    readonly embedded: string | null;
  };
}

/** Where the demo is served, and what to try there. Commands stay on one line, to be copied. */
export function renderServing({ serving }: ServingReport, style: Style): string {
  const { page, webhook, webhookSecret, api, token, embedded } = serving;
  const told = [
    [
      "The dashboard",
      page,
      "Send a first-time call there, name a caller or rename a contact: all its calls show it at once.",
    ],
    ["Its API", `curl -H "Authorization: Bearer ${token}" "${api}?page=1"`],
    ["The webhook", webhook, `It expects the header X-Vapi-Secret: ${webhookSecret}`],
    ...(embedded === null
      ? []
      : [["The claims", `ssot verify dashboard --embedded --dashboard-url ${api} --token ${token}`]]),
  ];
  const lines = told.flatMap(([title = "", address = "", hint]) => [
    `  ${title}`,
    `    ${address}`,
    ...(hint === undefined ? [] : [style.dim(wrapText(hint, { width: style.width, first: "    " }))]),
  ]);
  return ["", ...lines, "", "Serving until Ctrl-C."].join("\n");
}
