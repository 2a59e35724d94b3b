/** What became of a message. */
export type Handled =
  | {
      readonly handled: true;
      /** `calls.id`. */
      readonly callId: string;
      readonly contactId: string | null;
      readonly contactCreated: boolean;
      /** The event made the call's row. */
      readonly created: boolean;
      /** The row had all of it already: the event came again, or said nothing new. */
      readonly repeat: boolean;
      /** Columns of calls that it changed; none where it made the row. */
      readonly changed: readonly string[];
      /**
       * What was left out: columns of calls that refused their value, such as `recording_url`, and of contacts, such as `contacts.name`;
       * fields of the message that could not be read, such as `message.artifact.recording`. Everything else is kept.
       */
      readonly refused: readonly string[];
    }
  | { readonly handled: false; readonly type: string };
