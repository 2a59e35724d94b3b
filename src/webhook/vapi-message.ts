/** What is read of a message of Vapi; everything else in it is left alone. Absent and null mean the same. */
export interface VapiPayload {
  readonly message: VapiMessage;
}

export interface VapiMessage {
  readonly type: string;
  readonly timestamp?: number | null | undefined;
  readonly status?: string | null | undefined;
  readonly endedReason?: string | null | undefined;
  readonly startedAt?: string | null | undefined;
  readonly endedAt?: string | null | undefined;
  readonly durationSeconds?: number | null | undefined;
  readonly cost?: number | null | undefined;
  readonly call?: VapiCall | null | undefined;
  readonly customer?: VapiCustomer | null | undefined;
  readonly phoneNumber?: VapiPhoneNumber | null | undefined;
  readonly assistant?: VapiAssistant | null | undefined;
  readonly artifact?: VapiArtifact | null | undefined;
  readonly analysis?: VapiAnalysis | null | undefined;
}

export interface VapiCall {
  readonly id?: string | null | undefined;
  readonly type?: string | null | undefined;
  readonly createdAt?: string | null | undefined;
  readonly startedAt?: string | null | undefined;
  readonly assistantId?: string | null | undefined;
  readonly phoneNumberId?: string | null | undefined;
  /** The carrier's id, such as Twilio's CallSid. */
  readonly phoneCallProviderId?: string | null | undefined;
  readonly customer?: VapiCustomer | null | undefined;
}

export interface VapiCustomer {
  readonly number?: string | null | undefined;
  /** In place of a number where the call comes from a SIP address. */
  readonly sipUri?: string | null | undefined;
  readonly name?: string | null | undefined;
}

export interface VapiPhoneNumber {
  readonly provider?: string | null | undefined;
  readonly id?: string | null | undefined;
  readonly number?: string | null | undefined;
}

export interface VapiAssistant {
  readonly id?: string | null | undefined;
  readonly name?: string | null | undefined;
}

export interface VapiArtifact {
  readonly transcript?: string | null | undefined;
  readonly recordingUrl?: string | null | undefined;
  readonly recording?:
    | { readonly mono?: { readonly combinedUrl?: string | null | undefined } | null | undefined }
    | null
    | undefined;
  readonly structuredOutputs?: unknown;
}

export interface VapiAnalysis {
  readonly summary?: string | null | undefined;
  readonly structuredData?: unknown;
}
