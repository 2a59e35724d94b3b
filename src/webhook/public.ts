/** The webhook of Vapi: every call with its contact. Published as `ssot/webhook`. */

export type { Logger } from "../http/logger.ts";
export { type ErrorCode, SsotError } from "../model/errors.ts";
export type { DeadLetter } from "./answer-event.ts";
export {
  type Authenticator,
  type BearerOptions,
  bearer,
  type HmacOptions,
  hmac,
  type Verdict,
  vapiSecret,
} from "./authenticate.ts";
export type { CallDetails, CallEvent, LeadTier, RecordedCall } from "./call-event.ts";
export type { Handled } from "./handle-event.ts";
export type { VapiAnalysis, VapiArtifact, VapiCall, VapiCustomer, VapiMessage, VapiPayload } from "./payload.ts";
export { recordCall } from "./record-call.ts";
export {
  type Organisation,
  organizationByVapiId,
  type ResolveOrganization,
  type ResolverOptions,
} from "./resolve-organisation.ts";
export { type LeadScore, type LeadToScore, type ScoreLead, scoreLead } from "./score-lead.ts";
export { createVapiWebhook, type VapiWebhook, type VapiWebhookOptions } from "./vapi-webhook.ts";
