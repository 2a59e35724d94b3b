import type { Socket } from "node:net";
import { type ServerConduct, watchLogin } from "./login-watch.ts";
import { connectSeconds, openSocket } from "./open-socket.ts";
import type { Target } from "./target.ts";

/** What the driver takes, and its types do not know: https://github.com/porsager/postgres#custom-socket */
interface OwnSocket {
  readonly socket: () => Promise<Socket>;
}

/**
 * What the driver is told of a target. It opens no connection by itself: it would try a server that accepts and closes for ever,
 * and compute whatever a server asks for (`watchLogin`). Nor does it complete the target from the process's environment.
 */
export function driverOptions(target: Target) {
  let refusal: ServerConduct | undefined;
  const own: OwnSocket = {
    socket: async () => {
      if (refusal !== undefined) throw refusal;
      const socket = await openSocket(target);
      watchLogin(socket, (conduct) => {
        refusal = conduct;
      });
      return socket;
    },
  };
  return {
    ...own,
    // For its messages alone. It would cut an address at its colons, and wait for the second of two hosts.
    host: target.host.replaceAll(/[:,]/g, "_"),
    port: target.port,
    database: target.database,
    user: target.user,
    // A function even where there is no password, because the driver would take PGPASSWORD. Once a server was refused it answers
    // never: the connection ends meanwhile, and the driver could catch no error here.
    password: (): string | Promise<string> =>
      refusal === undefined ? (target.password ?? "") : new Promise<string>(() => {}),
    // It is encrypted before the driver gets it.
    ssl: false,
    connect_timeout: connectSeconds,
  };
}
