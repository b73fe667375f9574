/** Fused attention spread over devices: batch and heads are split, and the numbers are those of one device. */
import * as tf from "@tensorflow/tfjs-core";
import { ensurePlugin } from "@l3m/pjrt";
import { type Mesh, type Sharding } from "@l3m/stablehlo";
import { castPrecision, fusedAttention, registerGradients } from "@l3m/tfjs-kernels";
import { expect, it } from "vitest";
import { type StartOptions, startXla, type XlaEngine } from "../src/index.ts";
import { bools, distance, floats } from "./with-engine.ts";

registerGradients();
const mesh: Mesh = {
  name: "mesh",
  axes: [
    { name: "dp_shard", size: 2 },
    { name: "tp", size: 2 },
  ],
};

async function onMesh<T>(
  run: (engine: XlaEngine) => T,
  options: Partial<Pick<StartOptions, "mesh" | "lowerFor">>,
): Promise<T> {
  const pluginPath = await ensurePlugin("cpu");
  const engine = startXla({ pluginPath, clientOptions: { cpu_device_count: 4n }, ...options });
  try {
    return run(engine);
  } finally {
    await engine.stop();
  }
}

const split: Sharding = { mesh: "mesh", dims: [["dp_shard"], ["tp"], [], []] };

/** Output and gradients of causal attention with grouped heads under a mask per sample. */
function step(engine: XlaEngine, sharding: Sharding | undefined) {
  return engine.jit(
    (xs: tf.Tensor[], mask: tf.Tensor) => {
      const attend = (...[q, k, v]: tf.Tensor[]) =>
        fusedAttention(q as tf.Tensor, k as tf.Tensor, v as tf.Tensor, { causal: true, mask });
      const { value, grads } = tf.valueAndGrads(attend)(xs);
      return [value, ...grads];
    },
    { inShardings: [sharding && [sharding, sharding, sharding], undefined] },
  );
}

const inputs = () => [floats([4, 4, 6, 8], 1), floats([4, 2, 6, 8], 2), floats([4, 2, 6, 8], 3)];
const mask = () => bools([4, 1, 1, 6], 4);

it("gives what one device gives", async () => {
  const values = (engine: XlaEngine, sharding?: Sharding) =>
    step(engine, sharding)(inputs(), mask()).map((t) => Array.from(t.dataSync()));
  const expected = await onMesh((engine) => values(engine), {});
  const got = await onMesh((engine) => values(engine, split), { mesh });
  expected.forEach((list, i) => expect(distance(got[i] ?? [], list)).toBeLessThan(2e-6));
});

it("calls cuDNN with the shards of a device", async () => {
  const text = await onMesh(
    (engine) =>
      step(engine, split).lower(
        inputs().map((x) => castPrecision(x, "bf16")),
        mask(),
      ),
    { mesh, lowerFor: "cuda" },
  );
  const lines = text.split("\n").map((line) => line.trim().replace(/backend_config = ".*?", /, ""));
  const begin = lines.findIndex((line) => line.includes("sdy.manual_computation"));
  expect(lines.slice(begin, begin + 5).join("\n")).toMatchInlineSnapshot(`
    "%8:2 = "sdy.manual_computation"(%0, %1, %2, %6) <{in_shardings = #sdy.sharding_per_value<[<@mesh, [{"dp_shard"}, {}, {"tp"}, {}]>, <@mesh, [{"dp_shard"}, {}, {"tp"}, {}]>, <@mesh, [{"dp_shard"}, {}, {"tp"}, {}]>, <@mesh, [{"dp_shard"}, {}, {}, {}]>]>, manual_axes = #sdy<manual_axes{"dp_shard", "tp"}>, out_shardings = #sdy.sharding_per_value<[<@mesh, [{"dp_shard"}, {"tp"}, {}, {}]>, <@mesh, [{"dp_shard"}, {"tp"}, {}]>]>}> ({
    ^bb0(%arg4: tensor<2x6x2x8xbf16>, %arg5: tensor<2x6x1x8xbf16>, %arg6: tensor<2x6x1x8xbf16>, %arg7: tensor<2x1x6x6xbf16>):
    %7:3 = "stablehlo.custom_call"(%arg4, %arg5, %arg6, %arg7) <{api_version = 2 : i32, call_target_name = "__cudnn$fmhaScaleBiasSoftmax", has_side_effect = false, operand_layouts = [dense<[3, 2, 1, 0]> : tensor<4xindex>, dense<[3, 2, 1, 0]> : tensor<4xindex>, dense<[3, 2, 1, 0]> : tensor<4xindex>, dense<[3, 2, 1, 0]> : tensor<4xindex>], result_layouts = [dense<[3, 1, 2, 0]> : tensor<4xindex>, dense<[2, 1, 0]> : tensor<3xindex>, dense<[0]> : tensor<1xindex>]}> : (tensor<2x6x2x8xbf16>, tensor<2x6x1x8xbf16>, tensor<2x6x1x8xbf16>, tensor<2x1x6x6xbf16>) -> (tensor<2x2x6x8xbf16>, tensor<2x2x6xf32>, tensor<0xui8>)
    sdy.return %7#0, %7#1 : tensor<2x2x6x8xbf16>, tensor<2x2x6xf32>
    }) : (tensor<4x6x4x8xbf16>, tensor<4x6x2x8xbf16>, tensor<4x6x2x8xbf16>, tensor<4x1x6x6xbf16>) -> (tensor<4x4x6x8xbf16>, tensor<4x4x6xf32>)"
  `);
  expect(text).toContain("\\22dimensions\\22:[\\222\\22,\\222\\22,\\226\\22,\\226\\22]"); // of the scores of one device
});

it("of the mesh is valid: XLA on the CPU gets as far as looking for the call", async () => {
  await onMesh(
    (engine) => {
      const narrow = inputs().map((x) => castPrecision(x, "bf16"));
      expect(() => step(engine, split)(narrow, mask())).toThrow("fmha");
    },
    { mesh, lowerFor: "cuda" },
  );
});
