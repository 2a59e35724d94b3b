import type { Style } from "./style.ts";
import { wrapText } from "./wrap.ts";

/** An error as people and scripts are told of it. */
export interface ErrorView {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  /** Of a bug only. */
  readonly stack: string | undefined;
}

/** `error CODE: what happened`, `hint: what to do`, a bug's stack between them. */
export function renderError({ code, message, hint, stack }: ErrorView, style: Style): string {
  const { width } = style;
  // The label is coloured after wrapping: colours have no width.
  const label = `error ${code}:`;
  const text = wrapText(message, { width, first: `${label} `, rest: "  " });
  return [
    style.broken(label) + text.slice(label.length),
    ...(stack === undefined ? [] : [style.dim(stack)]),
    ...(hint === undefined ? [] : [wrapText(hint, { width, first: "hint: ", rest: "  " })]),
  ].join("\n");
}
