export { type ErrorCode, SsotError } from "./model/errors.ts";
