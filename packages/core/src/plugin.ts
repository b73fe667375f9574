/** What core itself registers, under the namespace `core`. */
import { definePlugin } from "./contract/plugin.ts";
import { geluActivation } from "./layers/gelu.ts";
import { mlp } from "./layers/mlp.ts";
import { rmsNormLayer } from "./layers/rms-norm.ts";
import { metaModel } from "./model/meta-model.ts";

export const corePlugin = definePlugin({
  namespace: "core",
  provides: [geluActivation, mlp, rmsNormLayer, metaModel],
});
