import { SsotError } from "../model/errors.ts";
import type { Authenticator } from "./authenticate.ts";
import { checkOptions } from "./check-options.ts";
import type { OnEvent, VapiHooks } from "./hooks.ts";
import { typesThatWantAnAnswer } from "./messages.ts";
import type { WebCalls } from "./read-call.ts";
import type { ResolveOrganization } from "./resolve-organisation.ts";
import { checkWebhookOptions, commonFunctions, commonOptions, type WebhookOptions } from "./webhook-options.ts";

export interface VapiWebhookOptions extends WebhookOptions {
  /** `organizationByVapiId(sql)`, or the host's own. */
  readonly resolveOrganization: ResolveOrganization;
  /** Required, so that nobody forgets it: `"none"` has to be said. */
  readonly authenticate: Authenticator | "none";
  /** Where callers' own data name a contact: `contactId` by default, null for never. */
  readonly contactIdKey?: string | null | undefined;
  /**
   * What calls from a browser or a program are. `"record"`, by default: with a contact or a number they are calls as any other, else tests.
   * `"test"`: tests, without a contact.
   */
  readonly webCalls?: WebCalls | undefined;
  /** The host's own work, by the message's type; `hooks` says when. */
  readonly on?: VapiHooks | undefined;
  /** Told of every message that was taken, after it; what it throws is logged. */
  readonly onEvent?: OnEvent | undefined;
}

const functions = ["resolveOrganization", "onEvent", ...commonFunctions] as const;
const others = ["authenticate", "contactIdKey", "webCalls", "on", ...commonOptions] as const;

// One that is missing here is an error of the compiler.
const known: readonly (keyof VapiWebhookOptions)[] = [...functions, ...others];
type Forgotten = Exclude<keyof VapiWebhookOptions, (typeof functions)[number] | (typeof others)[number]>;
const forgotten: [Forgotten] extends [never] ? true : Forgotten = true;

/** Refuses what the webhook cannot work with. Throws CONFIGURATION. */
export function checkVapiOptions(options: VapiWebhookOptions): void {
  checkOptions(options, {
    of: "createVapiWebhook",
    known: forgotten ? known : [],
    required: ["sql", "resolveOrganization", "authenticate"],
    functions,
  });
  const { authenticate, on = {} } = options;
  if (authenticate !== "none" && typeof authenticate !== "function") {
    throw wrong('authenticate is a function, or "none"');
  }
  if (!["record", "test"].includes(options.webCalls ?? "test")) throw wrong("webCalls is record or test");
  checkWebhookOptions(options);
  for (const [type, hook] of Object.entries(on)) {
    if (typesThatWantAnAnswer.has(type)) throw wrong(`on: ${type} wants an answer; give it in otherwise`);
    if (typeof hook !== "function") throw wrong(`on: ${type} needs a function`);
  }
}

function wrong(message: string): SsotError {
  return new SsotError("CONFIGURATION", message);
}
