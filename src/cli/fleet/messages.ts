/** What the process that works on targets is told. It goes through a channel that nobody else reads: a URL has its password. */
export type ToWorker =
  | {
      readonly kind: "run";
      /** As on a command line, without a database. */
      readonly args: readonly string[];
      readonly url: string;
      /** Variables of the environment that are not for this target. */
      readonly without: readonly string[];
    }
  | { readonly kind: "abort" };

/** What a command is at, as far as a fleet shows it. */
export type Told =
  | { readonly step: string }
  | { readonly done: number; readonly total: number }
  | { readonly waits: string }
  | { readonly warning: string }
  | { readonly sql: string };

export type FromWorker =
  | { readonly kind: "told"; readonly what: Told }
  | { readonly kind: "end"; readonly exit: number; readonly stdout: string };
