import type { Consequences } from "../src/checks/causes.ts";

const shown = ["live-names.", "dashboard.", "history.", "integrity.no-frozen-names", "integrity.known-callers"];
const stored = ["integrity.one-name", "integrity.one-phone"];
const counted = [
  "coverage.",
  "integrity.linked",
  "integrity.call-numbers",
  "integrity.tenant-links",
  "integrity.right-contact",
];
const asTenant = ["security.tenant", "security.no-identity", "security.tenant-views", "security.tenant-writes"];
const probes = [
  "live-names.rename",
  "auto-create.no-placeholder",
  "auto-create.tenant-wall",
  "dashboard.search",
  "deprecation-trigger.",
  "integrity.erasure",
  "performance.auto-create",
  "security.view-wall",
];
const webhook = ["auto-create.first-call", ...probes];
const contacts = ["auto-create.contacts", "integrity.real-names", "integrity.one-phone-format"];

/** What else is broken when a claim is: the first cause that fits is named, and its own cause before it. */
export const consequences: Consequences = new Map([
  [
    "schema.migrations",
    [
      "schema.",
      "coverage.",
      "phase3.",
      "integrity.",
      "security.view-join",
      "deprecation-trigger.",
      "deprecations.",
      ...contacts,
      ...webhook,
    ],
  ],
  [
    "schema.deprecated-columns",
    ["schema.view-unchanged", "schema.triggers", ...stored, "deprecation-trigger.", "phase3.", "deprecations."],
  ],
  [
    "schema.view",
    [
      "schema.view-unchanged",
      ...shown,
      ...stored,
      ...counted,
      ...asTenant,
      "security.view-invoker",
      "security.view-join",
      "security.view-wall",
      "security.view-readers",
      "security.search-closed",
      "performance.view-page",
      "performance.dashboard-page",
      "phase3.view",
      "phase3.dependents",
    ],
  ],
  ["security.view-invoker", ["schema.view-unchanged", ...stored, ...asTenant, "phase3.view"]],
  ["security.view-join", ["schema.view-unchanged", ...stored, "security.view-wall", "phase3.view"]],
  [
    "schema.view-unchanged",
    [...shown, ...stored, ...counted, "security.tenant", "security.view-wall", "performance.view-page", "phase3.view"],
  ],
  [
    "schema.functions",
    ["schema.witness", "deprecations.guarded", "schema.erasure", ...contacts, ...webhook, "phase3.witness"],
  ],
  ["security.definer-functions", ["schema.witness", "phase3.witness", "deprecations.guarded"]],
  [
    "schema.triggers",
    [
      "schema.witness",
      "schema.erasure",
      "integrity.erasure",
      ...stored,
      "deprecation-trigger.",
      "phase3.witness",
      "phase3.dependents",
      "deprecations.",
    ],
  ],
  ["schema.witness", ["phase3.witness", "deprecations.guarded"]],
  ["deprecations.witnessed", ["deprecations.guarded"]],
  ["deprecations.marked", ["deprecations.witnessed", "deprecations.guarded"]],
  [
    "schema.audit-table",
    ["schema.erasure", "deprecation-trigger.", "integrity.erasure", "phase3.witness", "phase3.writers"],
  ],
  ["schema.erasure", ["integrity.erasure", "deprecations.rows"]],
  ["schema.indexes", [...webhook, "integrity.one-contact", "performance.contact-lookup", "performance.contact-calls"]],
  ["schema.constraints", ["schema.rules", ...contacts, ...shown, ...counted]],
  ["schema.rules", [...contacts, ...shown, ...webhook]],
  ["schema.contact-source", [...webhook]],
  ["auto-create.columns", [...webhook, ...shown, ...counted]],
  ["auto-create.first-call", probes],
  ["phase3.dependents", ["deprecation-trigger."]],
  ["deprecation-trigger.silence", ["deprecation-trigger."]],
  ["deprecation-trigger.update", ["deprecation-trigger."]],
  ["integrity.tenant-links", [...counted, "live-names.contact-name", "integrity.no-frozen-names", "security.tenant"]],
  ["coverage.inbound", ["coverage.trend", "integrity.linked"]],
  ["coverage.outbound", ["coverage.trend", "integrity.linked"]],
  ["coverage.inbound-since", ["coverage.trend", "integrity.linked"]],
  ["coverage.numbers", ["coverage.trend"]],
  ["coverage.spellings", ["coverage.trend"]],
  ["security.row-security", asTenant],
  ["security.view-readers", ["security.search-closed", "security.tenant"]],
  ["security.tenant", ["security.no-identity", "security.tenant-views"]],
]);
