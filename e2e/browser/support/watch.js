// Looks on while a page is used: what it complains of in the console, what its policy forbids, and whom it calls.

/** Watches every page of a context. `problems` is to stay empty. */
export class Watch {
  problems = [];
  #expected = [];

  static async begin(context, url) {
    const watch = new Watch();
    const { host } = new URL(url);
    // In the page, because not every violation is written to the console.
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        console.error(
          `forbidden by the policy: ${event.effectiveDirective} of ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`,
        );
      });
    });
    context.on("console", (message) => {
      if (message.type() === "error") watch.#note(`console: ${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (error) => watch.#note(`thrown: ${error.error().stack ?? error.error()}`));
    context.on("request", (request) => {
      const to = new URL(request.url());
      const leaves = ["http:", "https:", "ws:", "wss:"].includes(to.protocol) && to.host !== host;
      if (leaves) watch.#note(`asked another host: ${request.url()}`);
    });
    context.on("page", (page) =>
      page.on("websocket", (socket) => {
        if (new URL(socket.url()).host !== host) watch.#note(`a WebSocket to another host: ${socket.url()}`);
      }),
    );
    return watch;
  }

  /** From here on, a line like this is what the test is about: a refusal, or a server that is gone. */
  expect(pattern) {
    this.#expected.push(pattern);
  }

  #note(problem) {
    if (!this.#expected.some((pattern) => pattern.test(problem))) this.problems.push(problem);
  }
}
