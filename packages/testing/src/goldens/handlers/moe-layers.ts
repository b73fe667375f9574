/** `moe_layers`: mixture-of-experts layers with their routing, and the balancing loss that they emit. */
import {
  BuildContext,
  type Built,
  Emissions,
  type ForwardContext,
  type HostArray,
  type Layer,
  newBuild,
  resolveNode,
} from "@l3m/core";
import * as tf from "@l3m/core/tf";
import { invariant } from "@l3m/errors";
import { names, storedUnder } from "../expectations.ts";
import type { GoldenCase } from "../golden-case.ts";
import type { Handler, Surroundings } from "../handler.ts";
import { type ModuleCall, runModule } from "../module-case.ts";

type Tensor = tf.Tensor;

/** What a mixture-of-experts layer offers beside `forward`. */
export interface RoutedLayer extends Layer {
  route(x: Tensor, forward: ForwardContext): Readonly<Record<"scores" | "weights" | "indices" | "counts", Tensor>>;
  balancingLoss(routing: { readonly scores: Tensor; readonly counts: Tensor }): Tensor;
}

/** Name of the side loss. */
export const BALANCING_LOSS = "moe/load_balancing_loss";

export const moeLayers: Handler = {
  builds: ({ target, options }) => [target, options],
  async run(golden, surroundings) {
    const built = buildLayers(golden, surroundings);
    const also = new Map<string, HostArray>([
      ...[...storedUnder(golden, "router.")].map(([name, value]) => [`router.${name}`, value] as const),
      ...[...storedUnder(golden, "out.layer.")].map(([name, value]) => [`layer.${name}`, value] as const),
    ]);
    let emitted = 0;
    const call: ModuleCall = (inputs, context) => {
      const emissions = new Emissions();
      const emit: ForwardContext["emit"] = (...emission) => {
        emitted++;
        emissions.emit(...emission);
      };
      const values = new Map<string, Tensor>();
      let h = inputs.get("in.x") as Tensor;
      built.product.forEach((layer, i) => {
        const suffix = golden.fields["residual"] === true ? `.${i}` : "";
        for (const [part, value] of Object.entries(layer.route(h, context)))
          values.set(`router.${part}${suffix}`, value);
        const y = layer.forward(h, { ...context, emit });
        values.set(`layer.${i}`, y);
        h = suffix === "" ? y : tf.add(h, y);
      });
      values.set("output", h);
      const balancing = emissions.takeLoss(BALANCING_LOSS);
      if (balancing !== undefined) values.set(BALANCING_LOSS, balancing);
      return (name) => values.get(name) as Tensor;
    };
    const comparison = await runModule(golden, surroundings, built, call, also);
    const loss = golden.fields["load_balancing_loss"];
    if (typeof loss !== "number") {
      if (golden.fields["mode"] !== "train") comparison.exact("side losses", emitted, 0);
      return comparison;
    }
    const ofLoss = await runModule(balancingCase(golden, loss), surroundings, built, call);
    comparison.join(ofLoss);
    return comparison;
  },
};

/** The case whose only output, and the scalar of its gradients, is the balancing loss. */
function balancingCase(golden: GoldenCase, loss: number): GoldenCase {
  const scalar = (value: number) => ({ dtype: "F32" as const, shape: [1], data: Float32Array.of(value) });
  const tensors = new Map([...golden.tensors].filter(([name]) => /^(param|in)\./.test(name)));
  for (const [name, value] of golden.tensors)
    if (name.startsWith("lbl_grad.")) tensors.set(name.slice("lbl_".length), value);
  tensors.set(`out.${BALANCING_LOSS}`, scalar(loss)).set(`cotangent.${BALANCING_LOSS}`, scalar(1));
  const fields = { ...golden.fields, outputs: [BALANCING_LOSS], grads: names(golden, "lbl_grads") };
  return { ...golden, fields, tensors };
}

function buildLayers(
  { target, options, fields, name }: GoldenCase,
  { registry, compat }: Surroundings,
): Built<RoutedLayer[]> {
  const state = newBuild(registry, { compat });
  const context = new BuildContext(state, "", name);
  const ref = resolveNode(registry, ["ffn"], { _target_: target, ...options }, name);
  const product = Array.from({ length: Number(fields["layers"]) }, (_, i) =>
    routed(context.child(fields["residual"] === true ? String(i) : "", ref)),
  );
  return { product, params: state.tree.params, buffers: state.tree.buffers };
}

/** A layer as one with a router. */
export function routed(layer: Layer): RoutedLayer {
  invariant("route" in layer && "balancingLoss" in layer, "a mixture-of-experts layer has route and balancingLoss");
  return layer as RoutedLayer;
}
