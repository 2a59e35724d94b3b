/** The webhook of Vapi: every call with its contact. Published as `ssot/webhook`. */

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
export type { Handled } from "./handled.ts";
export type { AnyVapiEvent, EventOrganisation, Hook, HookResult, OnEvent, VapiEvent, VapiHooks } from "./hooks.ts";
export type { ColumnOptions } from "./map-columns.ts";
export type { VapiEventType, VapiMessageFields, VapiMessages } from "./messages.ts";
export { type Provider, providerStates } from "./provider-states.ts";
export { recordCall } from "./record-call.ts";
export type { DeadLetter, Rejection, RejectionCode } from "./rejection.ts";
export {
  type Organisation,
  organizationByVapiId,
  type ResolveOrganization,
  type ResolverOptions,
} from "./resolve-organisation.ts";
export { type LeadScore, type LeadToScore, type ScoreLead, scoreBySentiment, scoreLead } from "./score-lead.ts";
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
