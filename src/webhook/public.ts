/** The webhooks of Vapi and of any other provider: every call with its contact. Published as `ssot/webhook`. */

export type { Logger } from "../http/logger.ts";
export { type ErrorCode, SsotError } from "../model/errors.ts";
export {
  type Authenticator,
  type BearerOptions,
  bearer,
  type HmacOptions,
  hmac,
  type Verdict,
  vapiSecret,
} from "./authenticate.ts";
export {
  type CallDetails,
  type CallEvent,
  type CallState,
  callStates,
  type LeadTier,
  type RecordedCall,
  type Sentiment,
} from "./call-event.ts";
export type { CallDetailsInput, CallInput, Moment } from "./call-input.ts";
export {
  type CallHookEvent,
  type CallWebhook,
  type CallWebhookOptions,
  createCallWebhook,
} from "./create-call-webhook.ts";
export type { Webhook } from "./create-webhook.ts";
export type { Handled } from "./handled.ts";
export type { AnyVapiEvent, EventOrganisation, Hook, HookResult, OnEvent, VapiEvent, VapiHooks } from "./hooks.ts";
export type { ColumnOptions } from "./map-columns.ts";
export type { VapiEventType, VapiMessageFields, VapiMessages } from "./messages.ts";
export type { ParseEvent, ProviderCall, ProviderEvent } from "./provider-event.ts";
export type { ResolveEvent } from "./provider-source.ts";
export { type Provider, providerStates } from "./provider-states.ts";
export { parseRetell, retell } from "./providers/retell.ts";
export { type RetellSignatureOptions, retellSignature } from "./providers/retell-signature.ts";
export { parseTwilio, twilio } from "./providers/twilio.ts";
export { type TwilioSignatureOptions, twilioSignature } from "./providers/twilio-signature.ts";
export type { WebCalls } from "./read-call.ts";
export { type RecordCallOptions, recordCall } from "./record-call.ts";
export type { DeadLetter, Rejection, RejectionCode } from "./rejection.ts";
export {
  type Organisation,
  organizationByVapiId,
  type ResolveOrganization,
  type ResolverOptions,
  type VapiIdTable,
} from "./resolve-organisation.ts";
export { type LeadScore, type LeadToScore, type ScoreLead, scoreBySentiment, scoreLead } from "./score-lead.ts";
export type { TelemetryApi, TelemetryOptions } from "./telemetry-api.ts";
export type {
  VapiAnalysis,
  VapiArtifact,
  VapiAssistant,
  VapiCall,
  VapiCustomer,
  VapiMessage,
  VapiPayload,
  VapiPhoneNumber,
} from "./vapi-message.ts";
export type { VapiWebhookOptions } from "./vapi-options.ts";
export { createVapiWebhook, type VapiWebhook } from "./vapi-webhook.ts";
export type { WebhookOptions } from "./webhook-options.ts";
