// A real nginx that runs docs/nginx.conf, with the ports and certificates of a test.

import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import https from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { freePort } from "../support/server.js";
import { within } from "../support/within.js";

const DOCUMENTED = path.resolve(import.meta.dirname, "../../docs/nginx.conf");
/** The configuration for a shop under `/shop/`. */
export const UNDER_A_PATH = await readFile(path.resolve(import.meta.dirname, "../../docs/nginx-path.conf"), "utf8");
const PATH = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;

/** A front with none of our settings for streams: it buffers answers and compresses every type. */
export const COMPRESSING = `
  proxy_buffering on;
  gzip on;
  gzip_proxied any;
  gzip_min_length 0;
  gzip_types *;
  server {
    listen 443 ssl;
    ssl_certificate TEST;
    ssl_certificate_key TEST;
    location / {
      proxy_pass http://127.0.0.1:3000;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
    }
  }`;

/** A front that removes the base path: `proxy_pass` has a path. */
export const REMOVING_THE_PATH = `
  map $http_upgrade $connection_for { default upgrade; "" ""; }
  server {
    listen 443 ssl;
    ssl_certificate TEST;
    ssl_certificate_key TEST;
    location /shop/ {
      proxy_pass http://127.0.0.1:3000/;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_for;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }`;

/** Starts nginx in front of `server`. Removed at the end of the test. */
export async function startNginx(context, server, configuration) {
  const directory = await mkdtemp(path.join(tmpdir(), "ordercast-nginx-"));
  context.after(() => rm(directory, { recursive: true, force: true }));
  const [http, tls] = [await freePort(), await freePort()];
  const [certificate, key] = [path.join(directory, "certificate.pem"), path.join(directory, "key.pem")];
  const names = ["-subj", "/CN=shop.example", "-addext", "subjectAltName=DNS:shop.example,IP:127.0.0.1"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  await promisify(execFile)("openssl", [
    "req",
    "-x509",
    "-nodes",
    ...curve,
    "-keyout",
    key,
    "-out",
    certificate,
    ...names,
  ]);
  const sites = (configuration ?? (await readFile(DOCUMENTED, "utf8")))
    .replace(/^.*listen \[::\].*\n/gm, "")
    .replaceAll("listen 80;", `listen 127.0.0.1:${http};`)
    .replaceAll("listen 443 ", `listen 127.0.0.1:${tls} `)
    .replaceAll(/ssl_certificate(\s+)[^;]+;/g, `ssl_certificate$1${certificate};`)
    .replaceAll(/ssl_certificate_key(\s+)[^;]+;/g, `ssl_certificate_key$1${key};`)
    .replaceAll("127.0.0.1:3000", `127.0.0.1:${server.port}`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${directory}/${kind};`)
    .join("\n");
  const file = path.join(directory, "nginx.conf");
  await writeFile(
    file,
    `daemon off; master_process off; pid ${directory}/pid; error_log stderr notice;
events {}
http {
access_log off;
${temporary}
${sites}
}`,
  );
  const child = spawn("nginx", ["-e", "stderr", "-p", directory, "-c", file], {
    env: { PATH },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = new Promise((resolve) => child.once("close", resolve));
  context.after(async () => {
    child.kill("SIGTERM");
    await exited;
  });
  let log = "";
  const listening = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`nginx ended with ${code}:\n${log}`)));
    child.stderr.on("data", async (text) => {
      log += text;
      if (/start worker process|using the "\w+" event method/.test(log) && (await accepts(tls))) resolve();
    });
  });
  await within(20_000, "nginx serves", listening);
  const nginx = { url: `https://127.0.0.1:${tls}`, plain: `http://127.0.0.1:${http}`, ca: await readFile(certificate) };
  return {
    ...nginx,
    request: (what) => request(nginx, what),
    stream: (account, basePath = "") => stream(context, nginx, account, basePath),
  };
}

function accepts(port) {
  return new Promise((resolve) => {
    const probe = connect(port, "127.0.0.1", () => resolve(true));
    probe.once("connect", () => probe.destroy());
    probe.once("error", () => resolve(false));
  });
}

/** One request. `from` is the client's address. */
async function request({ url, ca }, { method = "GET", path, headers, body, from }) {
  const response = await new Promise((resolve, reject) => {
    const options = { method, ca, headers, agent: false, ...(from && { localAddress: from }) };
    const sent = https.request(url + path, options, resolve);
    sent.once("error", reject);
    sent.end(body);
  });
  let text = "";
  for await (const piece of response.setEncoding("utf8")) text += piece;
  return { status: response.statusCode, headers: response.headers, text };
}

/** Opens the live stream as a browser does, which also accepts compressed answers. */
function stream(context, { url, ca }, account, basePath) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${account.token}`, "accept-encoding": "gzip, deflate, br" };
    const sent = https.get(`${url}${basePath}/api/v1/stream`, { ca, agent: false, headers }, resolve);
    context.after(() => sent.destroy());
    sent.once("error", reject);
  });
}
