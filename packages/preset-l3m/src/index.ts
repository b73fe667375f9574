/** The official plugins: what a config can name without a `plugins:` line. */
import clipLoss from "@l3m/clip-loss";
import { corePlugin, type Plugin } from "@l3m/core";
import data from "@l3m/data";
import heads from "@l3m/heads";
import losses from "@l3m/losses";
import moe from "@l3m/moe";
import optim from "@l3m/optim";
import textEmbed from "@l3m/text-embed";
import transformerTrunk from "@l3m/transformer-trunk";
import visionPatchify from "@l3m/vision-patchify";

/** Core first, then blocks, losses and what training needs. */
const preset: readonly Plugin[] = [
  corePlugin,
  visionPatchify,
  textEmbed,
  transformerTrunk,
  moe,
  heads,
  clipLoss,
  losses,
  optim,
  data,
];

export default preset;
