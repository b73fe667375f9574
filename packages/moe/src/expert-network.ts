/**
 * The experts: E feed-forward networks, of which each token uses k. T tokens, D width, F hidden width of an expert,
 * S = T k assignments, P rows of the layout sorted by expert.
 */
import * as tf from "@l3m/core/tf";
import { castPrecision, embeddingGather, iota, physicalDtype } from "@l3m/core/nn";
import { type Activation, type BuildContext, type ForwardContext, type Param, ZEROS } from "@l3m/core";
import { capacityLayout, droplessLayout, type ExpertLayout } from "./expert-layout.ts";
import { expertProducts } from "./expert-products.ts";
import type { Routing } from "./routing.ts";

type Tensor = tf.Tensor;

export interface ExpertOptions {
  /** D. */
  readonly width: number;
  /** F. */
  readonly hidden: number;
  /** E. */
  readonly experts: number;
  /** `glu`: act(x W1) * (x V1); `mlp`: act(x W1). */
  readonly network: "glu" | "mlp";
  /** One bias `[D]` for the output of the whole layer. */
  readonly bias: boolean;
  /** Rows per expert as a multiple of S / E; undefined: every assignment gets one. */
  readonly capacityFactor: number | undefined;
}

/**
 * Declares the experts and returns the function that applies them: `x [T, D]` and its routing to `[T, D]`, in the format of x.
 * Dropless experts keep `w1`, `v1` and `w2` as `[E F, D]`, rows `e F ... (e + 1) F - 1` being expert e's; experts of limited
 * capacity keep `w1 [E, D, F]` and `w2 [E, F, D]`. All weights start as N(0, 0.02^2), the bias at 0.
 */
export function expertNetwork(
  context: BuildContext,
  options: ExpertOptions,
  act: Activation,
): (x_TD: Tensor, routing: Routing, forward: ForwardContext) => Tensor {
  const { width: D, hidden: F, experts: E, capacityFactor } = options;
  const limited = capacityFactor !== undefined;
  const bias = options.bias ? context.param("bias", [D], { init: ZEROS, role: "other", axes: ["embed"] }) : undefined;
  const matrix = (name: string, shape: readonly number[], axes: readonly string[]): Param =>
    context.param(`mlp.${name}`, shape, { init: { kind: "normal", std: 0.02 }, axes });
  const stacked = (name: string): Param => matrix(name, [E * F, D], ["expert", "embed"]);
  const w1 = limited ? matrix("w1", [E, D, F], ["expert", "embed", "mlp"]) : stacked("w1");
  const w2 = limited ? matrix("w2", [E, F, D], ["expert", "mlp", "embed"]) : stacked("w2");
  const v1 = options.network === "glu" ? stacked("v1") : undefined;
  const byExpert = ({ value }: Param): Tensor => (limited ? value : tf.reshape(value, [E, F, D]));

  const network = (x_PD: Tensor, layout: ExpertLayout, forward: ForwardContext): Tensor => {
    const gate = expertProducts(x_PD, layout, byExpert(w1), limited);
    const hidden_PF = v1 === undefined ? act.forward(gate, forward) : gated(gate, byExpert(v1));
    return expertProducts(hidden_PF, layout, byExpert(w2), true);

    function gated(gate_PF: Tensor, v1_EFD: Tensor): Tensor {
      const up_PF = expertProducts(x_PD, layout, v1_EFD);
      return act.gated?.(gate_PF, up_PF) ?? tf.mul(act.forward(gate_PF, forward), up_PF);
    }
  };

  return (x_TD, { weights, indices }, forward) => {
    const [T = 0, k = 1] = indices.shape;
    const experts_S = tf.reshape(indices, [T * k]);
    const capacity = Math.trunc(((capacityFactor ?? 0) * k * T) / E);
    const layout = capacity > 0 ? capacityLayout(experts_S, E, capacity) : droplessLayout(experts_S, E);
    const token_S = tf.floorDiv(iota([T * k]), tf.scalar(k, "int32"));
    const y_PD = network(embeddingGather(x_TD, tf.gather(token_S, layout.assignmentOfRow)), layout, forward);
    const y_TKD = tf.reshape(embeddingGather(y_PD, layout.rowOfAssignment), [T, k, D]);
    const weights_TK = layout.kept === undefined ? weights : tf.mul(weights, tf.reshape(layout.kept, [T, k]));
    const sum_TD = castPrecision(tf.sum(tf.mul(y_TKD, tf.expandDims(weights_TK, 2)), 1), physicalDtype(x_TD));
    return bias === undefined ? sum_TD : tf.add(sum_TD, bias.value);
  };
}
