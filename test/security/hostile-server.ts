import { createServer, type Socket } from "node:net";

/** A server that does not mean well: it counts who comes, and keeps what it was sent. */
export interface HostileServer {
  readonly port: number;
  readonly connects: number;
  /** What each connection sent, piece by piece. */
  readonly received: readonly Buffer[];
  stop(): Promise<void>;
}

export interface Conduct {
  readonly onConnect?: (socket: Socket) => void;
  /** Answers the piece that was sent as the nth of its connection, the first one being 0. */
  readonly onPiece?: (socket: Socket, piece: Buffer, nth: number) => void;
}

/** A client that comes again and again meets a closed door after these, so that a test of one ends. */
const mostConnects = 20;

export async function startHostileServer(conduct: Conduct): Promise<HostileServer> {
  const received: Buffer[] = [];
  const sockets = new Set<Socket>();
  let connects = 0;
  const server = createServer((socket) => {
    connects += 1;
    if (connects === mostConnects) server.close();
    sockets.add(socket);
    // A client that leaves abruptly is what these servers provoke.
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    let pieces = 0;
    socket.on("data", (piece) => {
      received.push(piece);
      conduct.onPiece?.(socket, piece, pieces);
      pieces += 1;
    });
    conduct.onConnect?.(socket);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    get connects() {
      return connects;
    },
    received,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((done) => server.close(done));
    },
  };
}

/** A message of the server: its letter, its length, its body. */
export function message(letter: string, body: Buffer | string): Buffer {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(5);
  head.write(letter, 0, "latin1");
  head.writeUInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
}

/** An authentication message of a kind, as PostgreSQL numbers them. */
export function authentication(kind: number, body: Buffer | string = ""): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(kind);
  return message("R", Buffer.concat([number, Buffer.from(body)]));
}

export const ask = {
  password: authentication(3),
  scram: authentication(10, "SCRAM-SHA-256\0\0"),
} as const;

/** What lets a client in, whoever it is. */
export const welcome = Buffer.concat([authentication(0), message("Z", "I")]);

/** Whether a piece that a client sent is an answer to a question for a password. */
export function answersPassword(piece: Buffer): boolean {
  return piece[0] === "p".charCodeAt(0);
}
