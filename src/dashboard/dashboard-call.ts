/** A call as the dashboard lists it. */
export interface DashboardCall {
  readonly id: string;
  readonly phone_number: string;
  /** Read live: the contact's name, else the number, else "Unknown". */
  readonly caller_name: string;
  readonly name_source: "contact" | "phone" | "unknown";
  readonly created_at: Date;
}
