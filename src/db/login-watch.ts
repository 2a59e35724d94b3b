import type { Socket } from "node:net";
import { SsotError } from "../model/errors.ts";

/**
 * More rounds of SCRAM than this are refused: PostgreSQL asks for 4096 unless told otherwise, the driver computes them without
 * giving way to anything else, and a count that a stranger chose keeps the process busy for minutes.
 */
const mostRounds = 1_000_000;

/** What a server may say before it has let us in: questions, settings, its process, its readiness, errors, notices, its version. */
const lettersOfLogin = "RSKZENv";
/** The longest of these by far are errors; libpq stops at the same length. */
const longestOfLogin = 30_000;

/** What the server asked for, or said, as PostgreSQL numbers it. */
const authentication = { done: 0, clearText: 3, md5: 5, scram: 10, challenge: 11, proof: 12 } as const;

/**
 * What a server did that ends the attempt to log in. The message is the beginning of a sentence that goes on with the target.
 */
export class ServerConduct extends Error {
  override readonly name = "ServerConduct";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }

  toSsotError(where: string): SsotError {
    return new SsotError("UNREACHABLE", `${this.message}: ${where}`, { cause: this, hint: this.hint });
  }
}

export function closedEarly(): ServerConduct {
  return new ServerConduct(
    "the server closed the connection before it let us in",
    "Its log may say why. A proxy whose server is away does the same.",
  );
}

export function noPostgres(): ServerConduct {
  return new ServerConduct(
    "what answers is no PostgreSQL server, or does not keep to its protocol",
    "Check host and port. Nothing was computed for it, and no password sent in answer.",
  );
}

/**
 * Reads along what the server says until it has let us in, and ends the connection with a ServerConduct at the first message
 * that the driver would answer without a look: it computes whatever count of rounds it is given, throws where nobody can catch
 * for a challenge without one, takes a server's word without its proof, and tries for ever where a server accepts and closes.
 * Has to listen before the driver does. `onRefusal` comes before the driver sees the message.
 */
export function watchLogin(socket: Socket, onRefusal: (conduct: ServerConduct) => void): void {
  let unread = Buffer.alloc(0);
  const asked: number[] = [];
  const onEnd = (): void => void socket.destroy(closedEarly());
  const onData = (chunk: Buffer): void => {
    unread = Buffer.concat([unread, chunk]);
    const conduct = readOn();
    if (conduct === undefined) return;
    stop();
    onRefusal(conduct);
    socket.destroy(conduct);
  };
  function readOn(): ServerConduct | undefined {
    while (unread.length >= 5) {
      const letter = String.fromCharCode(unread.readUInt8(0));
      const length = unread.readUInt32BE(1);
      if (!lettersOfLogin.includes(letter) || length < 4 || length > longestOfLogin) return noPostgres();
      if (unread.length <= length) return undefined;
      const body = unread.subarray(5, length + 1);
      unread = unread.subarray(length + 1);
      const conduct = letter === "R" ? objectTo(body, asked) : undefined;
      if (conduct !== undefined) return conduct;
      if (letter === "Z") {
        stop();
        return undefined;
      }
    }
    return undefined;
  }
  function stop(): void {
    socket.off("data", onData);
    socket.off("end", onEnd);
  }
  socket.on("data", onData);
  socket.on("end", onEnd);
}

/** What speaks against an authentication message, after those that the server sent before. */
function objectTo(body: Buffer, asked: number[]): ServerConduct | undefined {
  if (body.length < 4) return noPostgres();
  const kind = body.readUInt32BE(0);
  const isKnown = Object.values<number>(authentication).includes(kind);
  if (!isKnown) {
    return new ServerConduct(
      "the server asks for a way to log in that ssot does not know",
      "It knows passwords (SCRAM-SHA-256, MD5, plain) and logins without one; pg_hba.conf says what is asked.",
    );
  }
  const before = asked.at(-1);
  asked.push(kind);
  // Each question is asked once, and what belongs to a challenge comes in its order.
  const expected = {
    [authentication.challenge]: authentication.scram,
    [authentication.proof]: authentication.challenge,
  }[kind];
  if (before !== expected && kind !== authentication.done) return noPostgres();
  if (kind === authentication.done && (before === authentication.scram || before === authentication.challenge)) {
    return new ServerConduct(
      "the server let us in without having shown that it knows the password",
      "It is not the server that it says it is, or somebody stands between. Check host and port.",
    );
  }
  return kind === authentication.challenge ? objectToChallenge(body.toString("utf8", 4)) : undefined;
}

// Exactly these three: of two counts the driver would take the second.
function objectToChallenge(challenge: string): ServerConduct | undefined {
  const [, count] = /^r=[^,]+,s=[A-Za-z0-9+/]+={0,2},i=(\d+)$/.exec(challenge) ?? [];
  if (count === undefined) return noPostgres();
  const rounds = Number(count);
  if (rounds >= 1 && rounds <= mostRounds) return undefined;
  return new ServerConduct(
    `the server asks for ${rounds} rounds of SCRAM, and at most ${mostRounds} are computed`,
    "Check that it is your server; a role's rounds are set with its password, by scram_iterations.",
  );
}
