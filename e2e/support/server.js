// A server for each test file: the real binary, a free port, a new data directory.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Shop } from "./shop.js";
import { within } from "./within.js";

const BINARY =
  process.env.ORDERCAST_BINARY ??
  path.resolve(import.meta.dirname, "../..", process.env.CARGO_TARGET_DIR ?? "target", "debug/ordercast");

/** Starts a server with the demo shop. The caller has to call `remove`. */
export function startServer(...options) {
  return startServerIn({}, ...options);
}

/** The same, with more environment variables. */
export async function startServerIn(environment, ...options) {
  const data = await mkdtemp(path.join(tmpdir(), "ordercast-e2e-"));
  const server = new Server(data, await freePort(), options, environment);
  try {
    await server.start();
    await (await server.admin()).stockUp();
  } catch (error) {
    await server.remove();
    throw error;
  }
  return server;
}

class Server {
  log = "";
  #clerks = new Set();
  #watching = [];

  constructor(data, port, options, environment) {
    Object.assign(this, { data, port, options, environment });
    this.url = `http://127.0.0.1:${port}`;
    this.shop = new Shop(this.url);
  }

  async start() {
    const limited = ["address", "account", "sign-in"].map((of) => `--rate-limit-${of}`);
    const limits = limited.filter((flag) => !this.options.includes(flag)).flatMap((flag) => [flag, "off"]);
    // The browsers of the tests are in UTC too.
    const where = ["--demo", "--data", this.data, "--listen", `127.0.0.1:${this.port}`, "--store-timezone", "UTC"];
    const child = spawn(BINARY, ["serve", ...where, ...limits, ...this.options], {
      env: { PATH: process.env.PATH, NO_COLOR: "1", ...this.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    this.exited = new Promise((resolve) => child.once("exit", resolve));
    let printed = "";
    const serving = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${printed}${this.log}`)));
      child.stdout.on("data", (text) => (printed += text));
      child.stderr.on("data", (text) => {
        this.log += text;
        if (/serving address=/.test(text)) resolve();
      });
    });
    await within(60_000, "the server serves", serving);
    // Printed on the first start only.
    while (this.password === undefined) {
      this.password = /admin@example\.com\s+password (\S+)/.exec(printed)?.[1];
      if (this.password === undefined) await within(5_000, "the password is shown", once(child.stdout, "data"));
    }
  }

  /** Waits until a line of the log matches. */
  async says(pattern) {
    while (!pattern.test(this.log)) await within(20_000, `the log has ${pattern}`, once(this.child.stderr, "data"));
  }

  /** SIGTERM. */
  async stop() {
    this.child.kill("SIGTERM");
    await within(20_000, "the server stops", this.exited);
  }

  /** SIGKILL. */
  async kill() {
    this.child?.kill("SIGKILL");
    await this.exited;
  }

  /** Starts `ordercast watch`, which ends with the server's removal. */
  async watch() {
    const watch = ["watch", "--url", this.url, "--data", this.data];
    const child = spawn(BINARY, watch, { env: { PATH: process.env.PATH, NO_COLOR: "1" } });
    this.#watching.push(child);
    const lines = new Lines(child.stdout);
    await new Lines(child.stderr).line(/connected to/);
    return lines;
  }

  async remove() {
    for (const child of this.#watching) child.kill();
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
  }

  admin() {
    return this.shop.signIn("admin@example.com", this.password);
  }

  /** Creates a staff account with the command-line interface while the server runs. */
  async addStaff(name) {
    const email = `${name.toLowerCase().replace(/\W+/g, ".")}@example.com`;
    const password = `${name} minds the store`;
    if (!this.#clerks.has(email)) {
      const account = ["user", "add", email, "--name", name, "--role", "staff", "--data", this.data];
      await promisify(execFile)(BINARY, account, { env: { PATH: process.env.PATH, ORDERCAST_PASSWORD: password } });
      this.#clerks.add(email);
    }
    return this.shop.signIn(email, password);
  }

  /** An access token of the command-line interface, without a session. */
  async commandLineToken(email, lifetime) {
    const token = ["token", email, "--lifetime", lifetime, "--data", this.data];
    const { stdout } = await promisify(execFile)(BINARY, token, { env: { PATH: process.env.PATH } });
    return stdout.trim();
  }

  asha() {
    return this.shop.signIn("asha@example.com", "lantern-street");
  }
}

/** What a program prints. */
class Lines {
  #printed = "";

  constructor(stream) {
    this.stream = stream;
    stream.setEncoding("utf8").on("data", (text) => (this.#printed += text));
  }

  /** Waits for a line that matches. */
  async line(pattern) {
    for (;;) {
      const found = this.#printed
        .split("\n")
        .slice(0, -1)
        .find((line) => pattern.test(line));
      if (found !== undefined) return found;
      await within(20_000, `${pattern} in:\n${this.#printed}`, once(this.stream, "data"));
    }
  }
}

/** A port that nobody listens on. */
export async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}
