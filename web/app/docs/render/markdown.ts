// The Markdown that the documents use: paragraphs, code, bold text, and links.

import { type Html, html } from "./html.ts";

/** Turns code such as `out_of_stock` into a link. */
export type LinkCode = (code: string) => string | undefined;

const INLINE = /\[`([^`\]]+)`\](?!\()|`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

/** One line. In Rust's documentation, [`Name`] names a type. */
export function inline(text: string, linkCode?: LinkCode): Html {
  const parts: (Html | string)[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, typeName, code, bold, label, target] = match;
    parts.push(text.slice(end, match.index));
    end = match.index + whole.length;
    if (bold !== undefined) parts.push(html`<strong>${inline(bold, linkCode)}</strong>`);
    else if (label !== undefined) parts.push(html`<a href="${target}">${label}</a>`);
    else parts.push(codeOf(code ?? typeName ?? "", linkCode));
  }
  return html`${parts}${text.slice(end)}`;
}

function codeOf(code: string, linkCode: LinkCode | undefined): Html {
  const target = linkCode?.(code);
  return target ? html`<a href="${target}"><code>${code}</code></a>` : html`<code>${code}</code>`;
}

export function paragraphs(text: string | undefined, linkCode?: LinkCode): Html {
  const blocks = (text ?? "").split(/\n{2,}/).filter((block) => block.trim() !== "");
  return html`${blocks.map((block) => html`<p>${inline(sentence(block), linkCode)}</p>`)}`;
}

/** Descriptions in the code end with or without a period. */
function sentence(text: string): string {
  const line = text.replace(/\s*\n\s*/g, " ").trim();
  return /[\p{L}\p{N}`)”"]$/u.test(line) ? `${line}.` : line;
}

/** The rows of the first table, without its header, and the text before it. */
export function splitTable(text: string): { before: string; rows: string[][] } {
  const lines = text.split("\n");
  const isRow = (line: string) => line.startsWith("|");
  const rows = lines.filter(isRow).slice(2);
  return {
    before: lines.slice(0, lines.findIndex(isRow)).join("\n"),
    rows: rows.map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ),
  };
}
