// Blocks of code with a title and a button that copies them.

import { html, Html, escape } from "./html.ts";

/** Longer blocks scroll in themselves on wide screens, and then the keyboard must reach them. */
const TALL_LINES = 24;
/** Characters in a line of the narrowest column. */
const LINE_LENGTH = 46;

const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null|-?\d[\d.]*)\b/g;

export function json(value: unknown): Html {
  const text = JSON.stringify(value, null, 2);
  let marked = "";
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [whole, quoted, colon] = match;
    marked += escape(text.slice(end, match.index));
    end = match.index + whole.length;
    if (colon !== undefined) marked += escape(whole);
    else marked += `<span class="${quoted === undefined ? "literal" : "string"}">${escape(whole)}</span>`;
  }
  return new Html(marked + escape(text.slice(end)));
}

/** `name` says whose code it is, for people who hear the page. */
export function block(title: Html | string, name: string, code: Html): Html {
  const text = code.text.replace(/<[^>]+>/g, "");
  const lines = text.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / LINE_LENGTH)), 0);
  const focusable = lines > TALL_LINES ? html` class="tall" tabindex="0" role="group" aria-label="${name}"` : "";
  return html`<div class="code">
    <div class="code-head"><p>${title}</p><button type="button" class="copy" data-copy hidden aria-label="Copy: ${name}">Copy</button></div>
    <pre${focusable}><code>${code}</code></pre>
  </div>`;
}
