/** The page docs/errors.md, from the table of codes and the headings in its source. */

const INTRODUCTION = `# Errors

Every error that L3M reports has a code, the place of the mistake, what was expected, what came, and what to do:

\`\`\`
L3M_UNKNOWN_OPTION  clip.yaml:14:7  model.meta_model.trunk.embed_dmi
  ...
  expected: ...
  got:      ...
  fix:      ...
\`\`\`

In a program, \`isL3mError(error)\` from \`@l3m/errors\` recognises such an error; \`error.code\` and \`error.details\` hold
the parts of the message. This page is written by \`npm run gen\` from \`packages/errors/src/codes.ts\`.
`;

/** `source` is the text of codes.ts: a comment line inside the table opens a section. */
export function renderErrorsPage(codes: Readonly<Record<string, string>>, source: string): string {
  const lines = [INTRODUCTION, "## General", ""];
  for (const line of source.split("\n")) {
    const heading = /^ {2}\/\/ (.+)$/.exec(line)?.[1];
    const code = /^ {2}(L3M_[A-Z0-9_]+):/.exec(line)?.[1];
    if (heading !== undefined) lines.push(`## ${heading.charAt(0).toUpperCase()}${heading.slice(1)}`, "");
    if (code !== undefined) lines.push(`### ${code}`, "", codes[code] ?? "", "");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}
