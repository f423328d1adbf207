// The real clients, each with a record of what it received.

import { io as io45 } from "socket.io-client-4.5";
import { io as io46 } from "socket.io-client-4.6";
import { io as io47 } from "socket.io-client-4.7";
import { io } from "socket.io-client";
import { within } from "./within.js";

/** By version. 4.5 has no connection state recovery. */
export const CLIENTS = { 4.5: io45, 4.6: io46, 4.7: io47, 4.8: io };

export const TRANSPORTS = {
  "polling, then WebSocket": undefined,
  "WebSocket only": ["websocket"],
  "polling only": ["polling"],
};

/** A client that connects at once and is closed at the end of the test. */
export function open(context, url, options = {}, version = "4.8") {
  // Faster than the default of one second, to keep the tests short.
  const settings = { forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200, ...options };
  for (const [name, value] of Object.entries(settings)) if (value === undefined) delete settings[name];
  const client = new Client(CLIENTS[version](url, settings));
  context.after(() => client.socket.close());
  return client;
}

class Client {
  /** `{name, payload, offset}` of each event, and the connection's own events: `connect`, `disconnect`, `connect_error`. */
  received = [];
  #waiting = new Set();

  constructor(socket) {
    this.socket = socket;
    socket.onAny((name, payload, offset) => this.#note({ name, payload, offset }));
    socket.on("connect", () => this.#note({ name: "connect", recovered: socket.recovered }));
    socket.on("disconnect", (reason, details) => this.#note({ name: "disconnect", reason, details }));
    socket.on("connect_error", (error) => this.#note({ name: "connect_error", error }));
  }

  #note(entry) {
    this.received.push(entry);
    for (const waiting of this.#waiting) waiting();
  }

  /** Waits until `ready(received)` returns something truthy, and resolves to that. */
  until(what, ready, milliseconds = 10_000) {
    let check;
    const found = new Promise((resolve, reject) => {
      check = () => {
        try {
          const value = ready(this.received);
          if (value) resolve(value);
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.add(check);
      check();
    });
    const summary = () =>
      JSON.stringify(this.received.map(({ name, payload }) => [name, payload?.orderNumber, payload?.status]));
    return within(milliseconds, what, found)
      .catch((error) => {
        error.message += `; received so far: ${summary().slice(-2000)}`;
        throw error;
      })
      .finally(() => this.#waiting.delete(check));
  }

  /** The payload of the first matching event after index `from`. */
  async event(name, matches = () => true, from = 0) {
    const fits = (entry) => entry.name === name && matches(entry.payload);
    return (await this.until(name, (received) => received.slice(from).find(fits))).payload;
  }

  /** The connection's own event: `connect`, `disconnect` or `connect_error`. */
  news(name, from = 0) {
    return this.until(name, (received) => received.slice(from).find((entry) => entry.name === name));
  }

  /** The payloads of all events with this name, in order. */
  all(name) {
    return this.received.filter((entry) => entry.name === name).map((entry) => entry.payload);
  }

  /** The last offset received. Other transports accept it as a cursor. */
  get cursor() {
    return this.received.findLast((entry) => typeof entry.offset === "string")?.offset;
  }

  /** The number of events received so far. */
  get mark() {
    return this.received.length;
  }

  /** Sends a request and waits for the acknowledgement. Clients before 4.6 have no `emitWithAck`. */
  ask(name, argument) {
    return within(10_000, `an answer to ${name}`, new Promise((resolve) => this.socket.emit(name, argument, resolve)));
  }

  /** Waits until the client uses this transport. */
  async upgraded(transport) {
    const { engine } = this.socket.io;
    const upgrade = new Promise((resolve) => engine.once("upgrade", resolve));
    if (engine.transport.name !== transport) await within(10_000, `an upgrade to ${transport}`, upgrade);
  }

  /** Waits until the client is connected. */
  connected() {
    return this.until("a connection", () => this.socket.connected, 30_000);
  }

  /** Cuts the connection. The client reconnects by itself. */
  cut() {
    this.socket.io.engine.close();
  }
}
