// The real clients, with a record of what each was told.

import { io as io45 } from "socket.io-client-4.5";
import { io as io46 } from "socket.io-client-4.6";
import { io as io47 } from "socket.io-client-4.7";
import { io } from "socket.io-client";
import { within } from "./within.js";

/** By version. The first knows nothing of connection state recovery. */
export const CLIENTS = { 4.5: io45, 4.6: io46, 4.7: io47, 4.8: io };

export const TRANSPORTS = {
  "polling, then WebSocket": undefined,
  "WebSocket only": ["websocket"],
  "polling only": ["polling"],
};

/** A client that connects at once, as every shop's does, and is closed when the test is over. */
export function open(context, url, options = {}, version = "4.8") {
  // Faster than the default of a second, so that tests are over sooner.
  const settings = { forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200, ...options };
  for (const [name, value] of Object.entries(settings)) if (value === undefined) delete settings[name];
  const client = new Client(CLIENTS[version](url, settings));
  context.after(() => client.socket.close());
  return client;
}

class Client {
  /** `{name, payload, offset}` of each event, and of what befell the connection: `connect`, `disconnect`, `connect_error`. */
  told = [];
  #waiting = new Set();

  constructor(socket) {
    this.socket = socket;
    socket.onAny((name, payload, offset) => this.#note({ name, payload, offset }));
    socket.on("connect", () => this.#note({ name: "connect", recovered: socket.recovered }));
    socket.on("disconnect", (reason, details) => this.#note({ name: "disconnect", reason, details }));
    socket.on("connect_error", (error) => this.#note({ name: "connect_error", error }));
  }

  #note(entry) {
    this.told.push(entry);
    for (const waiting of this.#waiting) waiting();
  }

  /** Waits until `ready(told)` is something. */
  until(what, ready, milliseconds = 10_000) {
    let check;
    const found = new Promise((resolve, reject) => {
      check = () => {
        try {
          const value = ready(this.told);
          if (value) resolve(value);
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.add(check);
      check();
    });
    const summary = () =>
      JSON.stringify(this.told.map(({ name, payload }) => [name, payload?.orderNumber, payload?.status]));
    return within(milliseconds, what, found)
      .catch((error) => {
        error.message += `; told so far: ${summary().slice(-2000)}`;
        throw error;
      })
      .finally(() => this.#waiting.delete(check));
  }

  /** The payload of the first event of a name after `from` that `matches`. */
  async event(name, matches = () => true, from = 0) {
    const fits = (entry) => entry.name === name && matches(entry.payload);
    return (await this.until(name, (told) => told.slice(from).find(fits))).payload;
  }

  /** The connection's own news: `connect`, `disconnect`, `connect_error`. */
  news(name, from = 0) {
    return this.until(name, (told) => told.slice(from).find((entry) => entry.name === name));
  }

  /** Everything of a name, in order. */
  all(name) {
    return this.told.filter((entry) => entry.name === name).map((entry) => entry.payload);
  }

  /** The last offset that it was told, which is also a cursor for every other way in. */
  get cursor() {
    return this.told.findLast((entry) => typeof entry.offset === "string")?.offset;
  }

  /** Where it is in what it was told. */
  get mark() {
    return this.told.length;
  }

  /** Sends, and waits for the answer. Clients before 4.6 have no `emitWithAck`. */
  ask(name, argument) {
    return within(10_000, `an answer to ${name}`, new Promise((resolve) => this.socket.emit(name, argument, resolve)));
  }

  /** Waits until it is on a transport. */
  async upgraded(transport) {
    const { engine } = this.socket.io;
    const upgrade = new Promise((resolve) => engine.once("upgrade", resolve));
    if (engine.transport.name !== transport) await within(10_000, `an upgrade to ${transport}`, upgrade);
  }

  /** Its network goes away; it comes back by itself. */
  cut() {
    this.socket.io.engine.close();
  }
}
