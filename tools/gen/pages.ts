/** The list of generated pages. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import preset from "@l3m/preset-l3m";
import emojiPairs from "@l3m/emoji-pairs";
import { experimentSchema } from "../../packages/config/src/experiment/experiment-schema.ts";
import { FRAME_KEYS } from "../../packages/config/src/upstream/frame-keys.ts";
import { ERROR_CODES } from "../../packages/errors/src/codes.ts";
import { renderBlocksIndex, renderBlocksPage } from "./blocks-page.ts";
import { renderConfigKeys } from "./config-keys.ts";
import { renderErrorsPage } from "./errors-page.ts";
import { embedBlock } from "./marked-block.ts";
import { readEvidence } from "./parity/evidence.ts";
import { renderParity } from "./parity/parity-page.ts";
import { renderUpstreamKeys } from "./upstream-keys.ts";
import { PARITY_SECTIONS } from "./upstream/sections.ts";

export interface GeneratedPage {
  /** Relative to the root of the repository. */
  readonly file: string;
  /** The page as it should be; `current` is its text now, whose hand-written part is kept. */
  readonly render: (current: string) => string;
}

/** Every page that `npm run gen` writes. */
export function generatedPages(root: string): readonly GeneratedPage[] {
  const source = (file: string): string => readFileSync(join(root, file), "utf8");
  const plugins = [...preset, emojiPairs].map((plugin) => ({
    plugin,
    description: descriptionOf(root, plugin.namespace),
  }));
  return [
    { file: "docs/errors.md", render: () => renderErrorsPage(ERROR_CODES, source("packages/errors/src/codes.ts")) },
    {
      file: "docs/configs.md",
      render: (current) =>
        embedBlock(
          current,
          "keys",
          renderConfigKeys(experimentSchema, source("packages/config/src/experiment/experiment-config.ts")),
        ),
    },
    {
      file: "docs/from-ml-l3m.md",
      render: (current) => embedBlock(current, "upstream-keys", renderUpstreamKeys(FRAME_KEYS)),
    },
    { file: "PARITY.md", render: () => renderParity(root, preset, PARITY_SECTIONS, readEvidence(root)) },
    { file: "docs/blocks/README.md", render: () => renderBlocksIndex(plugins) },
    ...plugins.map(({ plugin, description }) => ({
      file: `docs/blocks/${plugin.namespace}.md`,
      render: () => renderBlocksPage(plugin, description),
    })),
  ];
}

function descriptionOf(root: string, namespace: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(root, "packages", namespace, "package.json"), "utf8"));
  const isNamed = typeof manifest === "object" && manifest !== null && "description" in manifest;
  return isNamed ? String(manifest.description) : "";
}
