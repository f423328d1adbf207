// Tokens of a shop's own sign-in.

import { createHmac } from "node:crypto";

/** The secret that the shop shares with Ordercast. */
export const JWT_SECRET = "the shop and its live orders know this secret";

/** A token as `jsonwebtoken` signs it: HS256, valid for a week. */
export function signToken(claims) {
  const now = Math.floor(Date.now() / 1000);
  const parts = [
    { alg: "HS256", typ: "JWT" },
    { ...claims, iat: now, exp: now + 7 * 24 * 3600 },
  ];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${text}.${createHmac("sha256", JWT_SECRET).update(text).digest("base64url")}`;
}
