// The entries of schemas.

import { html, type Html } from "./html.ts";
import type { Library } from "./library.ts";
import { paragraphs } from "./markdown.ts";
import { type Context, membersOf } from "./schema.ts";

export interface SchemaEntry {
  id: string;
  name: string;
  title: string;
  library: Library;
}

/** Every schema once, by name. */
export function schemaEntries(libraries: Library[]): SchemaEntry[] {
  return libraries
    .flatMap((library) =>
      library.ownEntries().map((name) => {
        // The documents may use one name for two schemas.
        const title = library.shared?.hasEntry(name) ? `${name} (live events)` : name;
        return { id: library.idOf(name), name, title, library };
      }),
    )
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
}

export function schemaSection(context: Context, { id, name, title }: SchemaEntry): Html {
  const schema = context.library.get(name);
  return html`<section class="entry schema">
    <h3 id="${id}" tabindex="-1"><a href="#${id}">${title}</a></h3>
    ${paragraphs(schema.description, context.linkCode)}${membersOf(context, schema)}
  </section>`;
}
