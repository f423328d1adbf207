// Collects console errors, policy violations and requests to other hosts.

/** Watches every page of a context. `problems` must stay empty. */
export class PageMonitor {
  problems = [];
  #expected = [];

  static async begin(context, url) {
    const monitor = new PageMonitor();
    const { host } = new URL(url);
    // Listens in the page, because not every violation is written to the console.
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        console.error(
          `forbidden by the policy: ${event.effectiveDirective} of ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`,
        );
      });
    });
    context.on("console", (message) => {
      if (message.type() === "error") monitor.#note(`console: ${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (error) => monitor.#note(`thrown: ${error.error().stack ?? error.error()}`));
    context.on("request", (request) => {
      const to = new URL(request.url());
      const leaves = ["http:", "https:", "ws:", "wss:"].includes(to.protocol) && to.host !== host;
      if (leaves) monitor.#note(`requested another host: ${request.url()}`);
    });
    context.on("page", (page) =>
      page.on("websocket", (socket) => {
        if (new URL(socket.url()).host !== host) monitor.#note(`a WebSocket to another host: ${socket.url()}`);
      }),
    );
    return monitor;
  }

  /** Allows problems that match the pattern from now on, such as a refused request or a stopped server. */
  expect(pattern) {
    this.#expected.push(pattern);
  }

  #note(problem) {
    if (!this.#expected.some((pattern) => pattern.test(problem))) this.problems.push(problem);
  }
}
