/** Why a check could not run, in words of ours: they hold no value of a row, and are shown. */
export class CheckError extends Error {
  override readonly name = "CheckError";
}
