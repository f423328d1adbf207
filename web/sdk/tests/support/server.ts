// The real binary on a free port, with a new demo shop.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { BINARY } from "./binary.js";
import { within } from "./within.js";

export interface Server {
  url: string;
  port: number;
  admin: { email: string; password: string };
  asha: { email: string; password: string };
  start: () => Promise<void>;
  /** SIGKILL. */
  kill: () => Promise<void>;
  /** SIGTERM. */
  stop: () => Promise<void>;
  /** Creates an account with the command-line interface. */
  addUser: (
    email: string,
    name: string,
    role: "staff" | "driver" | "customer",
  ) => Promise<{ email: string; password: string }>;
  /** Stops the server and deletes its data. */
  remove: () => Promise<void>;
}

export async function startServer(...options: string[]): Promise<Server> {
  const data = await mkdtemp(path.join(tmpdir(), "ordercast-sdk-"));
  const port = await freePort();
  let child: ChildProcess | undefined;
  let exited: Promise<unknown> = Promise.resolve();
  let password: string | undefined;

  async function start(): Promise<void> {
    const limits = ["address", "account", "sign-in"].flatMap((of) => [`--rate-limit-${of}`, "off"]);
    const where = ["--demo", "--data", data, "--listen", `127.0.0.1:${port}`];
    const started = spawn(BINARY, ["serve", ...where, ...limits, ...options], {
      env: { PATH: process.env["PATH"], NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    exited = once(started, "exit");
    let printed = "";
    const serving = new Promise<void>((resolve, reject) => {
      const look = (text: Buffer) => {
        printed += text.toString();
        password ??= /admin@example\.com\s+password (\S+)/.exec(printed)?.[1];
        // The password is printed on the first start only, after the line with the address.
        if (printed.includes("serving address=") && password !== undefined) resolve();
      };
      started.stdout.on("data", look);
      started.stderr.on("data", look);
      started.once("error", reject);
      started.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${printed}`)));
    });
    await within(60_000, "the server serves", serving);
  }

  async function end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    child?.kill(signal);
    await within(20_000, "the server ends", exited);
  }

  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    admin: { email: "admin@example.com", password: password ?? "" },
    asha: { email: "asha@example.com", password: "lantern-street" },
    start,
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    async addUser(email, name, role) {
      const { stdout } = await promisify(execFile)(BINARY, [
        "user",
        "add",
        email,
        "--name",
        name,
        "--role",
        role,
        "--generate",
        "--data",
        data,
      ]);
      const found = /password\s+(\S+)/.exec(stdout)?.[1];
      if (found === undefined) throw new Error(`no password in: ${stdout}`);
      return { email, password: found };
    },
    async remove() {
      await end("SIGKILL");
      await rm(data, { recursive: true, force: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}
