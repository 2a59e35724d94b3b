/** A call as the dashboard lists it. */
export interface DashboardCall {
  readonly id: string;
  readonly contact_id: string | null;
  readonly call_direction: string;
  /** "Unknown" where the call has none. */
  readonly phone_number: string;
  /** Read live: the contact's name, else the number, else "Unknown". */
  readonly caller_name: string;
  /** Where the name comes from; "call" only where the legacy columns are read. */
  readonly name_source: "contact" | "phone" | "unknown" | "call";
  readonly created_at: Date;
}
