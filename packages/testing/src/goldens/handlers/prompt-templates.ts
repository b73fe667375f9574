/** `prompt_templates`: lists of prompts, by their number and the hash of their text. */
import { createHash } from "node:crypto";
import { build } from "@l3m/core";
import { Comparison } from "../comparison.ts";
import type { GoldenCase } from "../golden-case.ts";
import type { Handler } from "../handler.ts";

interface Row {
  readonly name: string;
  readonly count: number;
  readonly sha256_of_newline_joined: string;
}

export const promptTemplates: Handler = {
  builds: (golden) => rowsOf(golden).map(({ name }) => `${golden.target}.${name}`),
  run(golden, { registry }) {
    const comparison = new Comparison();
    for (const { name, count, sha256_of_newline_joined: hash } of rowsOf(golden)) {
      const list = build(registry, "function", `${golden.target}.${name}`).product.call() as readonly string[];
      comparison.exact(`${name}.count`, list.length, count);
      comparison.exact(`${name}.sha256`, createHash("sha256").update(list.join("\n")).digest("hex"), hash);
    }
    return comparison;
  },
};

function rowsOf(golden: GoldenCase): readonly Row[] {
  return golden.fields["table"] as readonly Row[];
}
