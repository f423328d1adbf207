// The live events of a response, which nginx may have compressed.

import zlib from "node:zlib";
import { frames } from "../support/stream.js";

/** Returns how to wait for the next event of a name. */
export function events(response) {
  const received = frames(decoded(response));
  return async (event) => {
    for (;;) {
      const { value, done } = await received.next();
      if (done) throw new Error(`the stream ended before ${event}`);
      if (value.event === event) return value.data;
    }
  };
}

/** The text of a response, decompressed as it arrives. */
function decoded(response) {
  const flush = zlib.constants.Z_SYNC_FLUSH;
  const gzipped = response.headers["content-encoding"] === "gzip";
  const bytes = gzipped ? response.pipe(zlib.createGunzip({ flush, finishFlush: flush })) : response;
  return bytes.setEncoding("utf8");
}
