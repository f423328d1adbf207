// A network between client and server that stalls and cuts connections.

import { createServer, connect } from "node:net";
import { once } from "node:events";

/** Listens on its own port and forwards to `port`. */
export async function startNetwork(port) {
  const network = new Network(port);
  await network.start();
  return network;
}

class Network {
  #lines = new Set();
  #stalled = false;

  constructor(port) {
    this.server = createServer((near) => this.#carry(near, connect({ host: "127.0.0.1", port, noDelay: true })));
  }

  async start() {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.url = `http://127.0.0.1:${this.server.address().port}`;
  }

  #carry(near, far) {
    const line = { near, far, cutNext: false };
    this.#lines.add(line);
    near.setNoDelay(true);
    near.on("data", (bytes) => far.write(bytes));
    far.on("data", (bytes) => {
      if (!line.cutNext) return near.write(bytes);
      // Cuts in the middle of a frame. The server keeps the dead connection for a while.
      near.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => near.destroy());
      far.removeAllListeners("data").resume();
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      one.on("error", () => {});
      one.on("close", () => {
        if (one === near && line.cutNext) return;
        this.#lines.delete(line);
        other.destroy();
      });
    }
    if (this.#stalled) this.#hold(line, true);
  }

  #hold({ near, far }, held) {
    for (const side of [near, far]) held ? side.pause() : side.resume();
  }

  /** Holds all traffic without losing any. */
  stall() {
    this.#stalled = true;
    for (const line of this.#lines) this.#hold(line, true);
  }

  flow() {
    this.#stalled = false;
    for (const line of this.#lines) this.#hold(line, false);
  }

  get isStalled() {
    return this.#stalled;
  }

  /** Cuts each connection within the next bytes that the server writes to it. */
  cutWithin() {
    for (const line of this.#lines) line.cutNext = true;
  }

  /** Cuts each connection now, on both sides. */
  cut() {
    for (const { near, far } of this.#lines) {
      near.destroy();
      far.destroy();
    }
  }

  remove() {
    this.server.close();
    this.cut();
  }
}
