import { Chalk } from "chalk";

/** How a report looks where it goes. One colour a meaning; every text is complete without any. */
export interface Style {
  /** Columns that a line may fill. */
  readonly width: number;
  /** Done, or as it should be. */
  readonly good: (text: string) => string;
  /** Needs a look. */
  readonly look: (text: string) => string;
  readonly broken: (text: string) => string;
  /** Can wait, or is only of use to those who ask. */
  readonly dim: (text: string) => string;
}

/** A style of the sixteen colours that every terminal has, or of none. */
export function createStyle({ color, width }: { readonly color: boolean; readonly width: number }): Style {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    width,
    good: (text) => chalk.green(text),
    look: (text) => chalk.yellow(text),
    broken: (text) => chalk.red(text),
    dim: (text) => chalk.dim(text),
  };
}
