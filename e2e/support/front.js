// A proxy that serves several shops under paths of one host, as nginx does.

import { once } from "node:events";
import { createServer, request } from "node:http";

/**
 * Starts the proxy. `shops` has a server for each path: `{ "/shop": { server }, "/outlet": { server, removesPath: true } }`.
 * Other paths are answered with 404. `requested` has every path that was asked for.
 */
export async function startFront(shops) {
  const requested = [];
  const forwarded = (incoming) => {
    requested.push(incoming.url);
    const found = Object.entries(shops).find(([path]) => incoming.url === path || incoming.url.startsWith(`${path}/`));
    if (!found) return undefined;
    const [path, { server, removesPath }] = found;
    const { method, headers, url } = incoming;
    const options = { host: "127.0.0.1", port: server.port, method, headers, agent: false };
    return request({ ...options, path: removesPath ? url.slice(path.length) || "/" : url });
  };

  const front = createServer((incoming, answer) => {
    const sent = forwarded(incoming);
    if (!sent) return void answer.writeHead(404).end();
    sent.on("response", (response) => {
      answer.writeHead(response.statusCode, response.rawHeaders);
      response.pipe(answer);
      response.on("error", () => answer.destroy());
    });
    sent.on("error", () => answer.destroy());
    answer.on("close", () => sent.destroy());
    incoming.pipe(sent);
  });
  front.on("upgrade", (incoming, socket, head) => {
    const sent = forwarded(incoming);
    if (!sent) return socket.destroy();
    sent.on("upgrade", (response, upstream, first) => {
      const lines = [`HTTP/1.1 ${response.statusCode} ${response.statusMessage}`];
      const raw = response.rawHeaders;
      for (let at = 0; at < raw.length; at += 2) lines.push(`${raw[at]}: ${raw[at + 1]}`);
      socket.write(`${lines.join("\r\n")}\r\n\r\n`);
      socket.write(first);
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
      upstream.on("error", () => socket.destroy());
      socket.on("error", () => upstream.destroy());
    });
    sent.on("response", () => socket.destroy());
    sent.on("error", () => socket.destroy());
    sent.end();
  });
  // `closeAllConnections` leaves WebSocket connections open.
  const sockets = new Set();
  front.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  return {
    url: `http://127.0.0.1:${front.address().port}`,
    requested,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => front.close(resolve));
    },
  };
}
