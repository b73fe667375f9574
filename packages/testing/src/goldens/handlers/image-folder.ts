/** `image_folder`: the files of a folder with one folder per class, in order. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { listClassFiles } from "@l3m/data";
import { Comparison } from "../comparison.ts";
import type { Handler } from "../handler.ts";

export const imageFolder: Handler = {
  builds: () => [],
  async run({ fields }) {
    const root = mkdtempSync(join(tmpdir(), "l3m-golden-folder-"));
    try {
      for (const file of fields["files"] as readonly string[]) {
        mkdirSync(dirname(join(root, file)), { recursive: true });
        writeFileSync(join(root, file), "");
      }
      const { classes, files, targets } = await listClassFiles(root);
      const comparison = new Comparison();
      comparison.exact("classes", classes, fields["classes"]);
      const samples = files.map((file, i) => [file.replaceAll("\\", "/"), targets[i]]);
      comparison.exact("samples", samples, fields["samples"]);
      return comparison;
    } finally {
      rmSync(root, { recursive: true });
    }
  },
};
