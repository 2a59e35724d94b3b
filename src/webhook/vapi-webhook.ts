import { createWebhook, type Webhook } from "./create-webhook.ts";
import { checkVapiOptions, type VapiWebhookOptions } from "./vapi-options.ts";
import { vapiSource } from "./vapi-source.ts";

/** Vapi's webhook: `handle` takes a message as it was sent, parsed. */
export type VapiWebhook = Webhook;

/** The webhook of Vapi: each call with its contact, in one statement. Throws CONFIGURATION. */
export function createVapiWebhook(options: VapiWebhookOptions): VapiWebhook {
  checkVapiOptions(options);
  const { resolveOrganization, authenticate, contactIdKey = "contactId", webCalls = "record", on, onEvent } = options;
  return createWebhook(options, {
    source: vapiSource(resolveOrganization, contactIdKey, webCalls),
    authenticate,
    on,
    onEvent,
    provider: "vapi",
  });
}
