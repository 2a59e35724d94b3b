/** What the example uses of the Edge Runtime. There its own types take this file's place. */
declare const Deno: {
  readonly env: { get(name: string): string | undefined };
  serve(handler: (request: Request) => Response | Promise<Response>): void;
};

declare const EdgeRuntime: { waitUntil(work: Promise<void>): void };
