// What a shop's page finds in a browser, with a record of what the page showed.

import { io } from "socket.io-client";
import { within } from "./within.js";

/** Timers run this many times faster, so that a page which polls every five seconds is quick to test. */
const TIMER_SPEED = 25;

export class Browser {
  /** The toasts so far: `severity: text`. */
  toasts = [];
  #waiting = new Set();
  #sockets = [];
  #timers = [];

  /** `origin` is where the page is from. The server's cookies go with its requests. */
  constructor(context, { origin, cookie } = {}) {
    this.origin = origin;
    this.headers = { ...(origin && { origin }), ...(cookie && { cookie }) };
    context.after(() => {
      for (const socket of this.#sockets) socket.close();
      for (const timer of this.#timers) clearInterval(timer);
    });
  }

  io = (url, options) => {
    const socket = io(url, { ...options, forceNew: true, extraHeaders: this.headers });
    this.#sockets.push(socket);
    return socket;
  };

  fetch = (path, options = {}) =>
    fetch(new URL(path, this.origin), { ...options, headers: { ...options.headers, ...this.headers } });

  setInterval = (run, milliseconds) => {
    this.#timers.push(setInterval(run, milliseconds / TIMER_SPEED));
  };

  toast = Object.fromEntries(
    ["success", "info", "warning", "error"].map((severity) => [
      severity,
      (text) => this.toasts.push(`${severity}: ${text}`),
    ]),
  );

  /** The page calls it after it changed. */
  render = () => {
    for (const check of this.#waiting) check();
  };

  /** Waits until the server has handled what the page sent. It handles a socket's events one after the other. */
  async handled() {
    const answered = this.#sockets.map((socket) => new Promise((resolve) => socket.emit("an unknown event", resolve)));
    await within(10_000, "an answer on each socket", Promise.all(answered));
  }

  /** Waits until the page shows something. `ready` returns something truthy then. */
  shows(what, ready) {
    let check;
    const shown = new Promise((resolve, reject) => {
      check = () => {
        try {
          const value = ready();
          if (value) resolve(value);
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.add(check);
      check();
    });
    return within(20_000, what, shown)
      .catch((error) => {
        error.message += `; toasts so far: ${JSON.stringify(this.toasts)}`;
        throw error;
      })
      .finally(() => this.#waiting.delete(check));
  }
}
