/** The picture of the packages, drawn from a small set of imports. */
import { expect, test } from "vitest";
import { embed, extract } from "../marked-block.ts";
import { drawMermaid } from "../mermaid.ts";

const packages = [
  { folder: "core", layer: "core", isPrivate: false },
  { folder: "errors", layer: "errors", isPrivate: false },
  { folder: "moe", layer: "block", isPrivate: false },
  { folder: "train", layer: "app", isPrivate: false },
];

test("boxes by layer, dotted arrows for what is only loaded dynamically, no arrows to errors", () => {
  const picture = drawMermaid(packages, [
    { from: "packages/moe/src/a.ts", to: "packages/core/src/index.ts", dynamic: false },
    { from: "packages/moe/src/a.ts", to: "packages/errors/src/index.ts", dynamic: false },
    { from: "packages/moe/src/a.ts", to: "packages/moe/src/b.ts", dynamic: false },
    { from: "packages/train/src/a.ts", to: "packages/moe/src/index.ts", dynamic: true },
    { from: "packages/train/src/a.ts", to: "packages/core/src/index.ts", dynamic: true },
    { from: "packages/train/src/b.ts", to: "packages/core/src/index.ts", dynamic: false },
    { from: "packages/core/test/a.ts", to: "packages/moe/src/index.ts", dynamic: false },
    { from: "packages/core/src/a.ts", to: "node_modules/zod/index.js", dynamic: false },
  ]);
  expect(picture).toBe(
    [
      "```mermaid",
      "flowchart TD",
      "  subgraph app-layer [programs]",
      "    train",
      "  end",
      "  subgraph block-layer [blocks]",
      "    moe",
      "  end",
      "  subgraph core-layer [core]",
      "    core",
      "  end",
      "  moe --> core",
      "  train --> core",
      "  train -.-> moe",
      "```",
    ].join("\n"),
  );
});

test("the block of a page is replaced and read back; the rest of the page stays", () => {
  const page = "before\n<!-- packages:begin -->\nold\n<!-- packages:end -->\nafter\n";
  const updated = embed(page, "new");
  expect(extract(updated)).toBe("new");
  expect(updated).toBe("before\n<!-- packages:begin -->\nnew\n<!-- packages:end -->\nafter\n");
  expect(extract("no markers")).toBeUndefined();
  expect(() => embed("no markers", "new")).toThrow("has no");
});
