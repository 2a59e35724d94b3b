/** Who says when a statement of a run may begin. */
export interface Pacing {
  /**
   * Waits until the next statement may begin, and gives the session what it is to run with at this pace. Outside of transactions only. Ends
   * at once after an abort.
   */
  turn(): Promise<void>;
  /** Nobody else works on the server: what serves others alone can be left out. */
  readonly isAlone: boolean;
}
