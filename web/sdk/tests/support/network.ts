// A network between client and server that blocks requests, cuts connections and loses responses.

import { once } from "node:events";
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from "node:http";
import { connect, type Socket } from "node:net";

/** What happens to a request. */
export type Fate =
  | "pass"
  /** A proxy refuses it. */
  | "refuse"
  /** The connection breaks. */
  | "cut"
  /** Nothing ever answers. */
  | "hang"
  /** The server gets it, and the response is lost. */
  | "lose"
  /** The server gets it once `release` is called. */
  | "hold"
  /** The server gets it, and the response is passed on once `release` is called. */
  | "hold-answer";

export interface Network {
  url: string;
  /** Decides about each request from now on. */
  decide: (fate: (request: { method: string; path: string; isUpgrade: boolean }) => Fate) => void;
  /** Requests so far. */
  requests: { method: string; path: string; headers: IncomingMessage["headers"] }[];
  /** How many requests or responses are held. */
  readonly held: number;
  /** Passes on what was held. */
  release: () => void;
  /** Cuts all connections. */
  cut: () => void;
  remove: () => Promise<void>;
}

export async function startNetwork(port: number): Promise<Network> {
  let decide: (request: { method: string; path: string; isUpgrade: boolean }) => Fate = () => "pass";
  const sockets = new Set<Socket>();
  const requests: Network["requests"] = [];

  let held: (() => void)[] = [];

  function hold(run: () => void): void {
    held.push(run);
  }

  function fateOf(request: IncomingMessage, isUpgrade: boolean): Fate {
    const [method, path] = [request.method ?? "GET", request.url ?? "/"];
    requests.push({ method, path, headers: request.headers });
    return decide({ method, path, isUpgrade });
  }

  const server: HttpServer = createServer((request, response) => {
    const fate = fateOf(request, false);
    if (fate === "hang") return;
    if (fate === "cut") return void request.socket.destroy();
    if (fate === "refuse") return void response.writeHead(403, { "content-type": "text/plain" }).end("blocked");
    if (fate === "hold") hold(() => pass(request, response, fate));
    else pass(request, response, fate);
  });

  function pass(request: IncomingMessage, response: ServerResponse, fate: Fate): void {
    const { method, url, headers } = request;
    const onward = forward({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
      if (fate === "lose") {
        answer.resume();
        answer.once("end", () => request.socket.destroy());
        return;
      }
      const onwards = () => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        answer.once("close", () => response.destroy());
      };
      if (fate === "hold-answer") hold(onwards);
      else onwards();
    });
    onward.once("error", () => request.socket.destroy());
    response.once("close", () => onward.destroy());
    request.pipe(onward);
  }

  server.on("upgrade", (request: IncomingMessage, near: Socket, head: Buffer) => {
    const fate = fateOf(request, true);
    if (fate === "hang") return;
    if (fate !== "pass") {
      near.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
      return;
    }
    const far = connect({ host: "127.0.0.1", port, noDelay: true }, () => {
      const lines = [`${request.method} ${request.url} HTTP/1.1`];
      for (let at = 0; at < request.rawHeaders.length; at += 2)
        lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
      far.write(`${lines.join("\r\n")}\r\n\r\n`);
      far.write(head);
      far.pipe(near);
      near.pipe(far);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("error", () => undefined);
      one.on("close", () => other.destroy());
    }
  });

  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");

  function cut(): void {
    for (const socket of sockets) socket.destroy();
  }

  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    decide(next) {
      decide = next;
    },
    get held() {
      return held.length;
    },
    release() {
      const runs = held;
      held = [];
      for (const run of runs) run();
    },
    cut,
    async remove() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
