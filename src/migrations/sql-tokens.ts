export { readTokens, type SqlToken } from "../sql/tokens.ts";
