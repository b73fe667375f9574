/** `gradient_scaler`: plain descent on gradients that are scaled, some of them not finite. */
import * as tf from "@l3m/core/tf";
import { gradientScaler } from "@l3m/optim";
import { Comparison } from "../comparison.ts";
import { toleranceOf } from "../expectations.ts";
import type { Handler } from "../handler.ts";
import { type HostResult, Program } from "../program.ts";

interface Update {
  readonly lr: number;
  readonly gradient: readonly number[];
  readonly start: readonly number[];
}

interface Row {
  readonly scale_before: number;
  readonly non_finite: boolean;
  readonly scale_after: number;
  readonly growth_tracker: number;
  readonly param: readonly number[];
}

export const gradientScalerHandler: Handler = {
  builds: () => [],
  async run(golden, { jit }) {
    const field = (name: string): number => golden.fields[name] as number;
    const scaler = gradientScaler({
      enabled: golden.options["enabled"] as boolean,
      initScale: field("init_scale"),
      growthFactor: field("growth_factor"),
      backoffFactor: field("backoff_factor"),
      growthInterval: field("growth_interval"),
    });
    const { lr, gradient, start } = golden.fields["update"] as Update;
    const program = new Program((tensors) => {
      const input = (name: string): tf.Tensor => tensors.get(name) as tf.Tensor;
      const state = { scale: input("scale"), growthTracker: input("growth_tracker") };
      const arriving = tf.add(scaler.scaleLoss(input("grad"), state), input("overflow"));
      const { grads, finite } = scaler.unscale([arriving], state);
      const next = tf.sub(input("param"), tf.mul(grads[0] as tf.Tensor, lr));
      const { scale, growthTracker } = scaler.update(finite, state);
      return new Map([
        ["param", scaler.guard(finite, next, input("param"))],
        ["scale", scale],
        ["growth_tracker", growthTracker],
      ]);
    }, jit);
    let state = new Map([
      ["param", vector(start)],
      ["scale", scalar(field("init_scale"))],
      ["growth_tracker", scalar(0)],
    ]);
    const comparison = new Comparison();
    const tolerance = toleranceOf(golden, "table");
    for (const [i, row] of (golden.fields["table"] as readonly Row[]).entries()) {
      comparison.number(`table.${i}.scale_before`, state.get("scale")?.data[0], row.scale_before, tolerance);
      const overflow = scalar(row.non_finite ? Infinity : 0);
      state = await program.run(new Map([...state, ["grad", vector(gradient)], ["overflow", overflow]]));
      comparison.number(`table.${i}.scale_after`, state.get("scale")?.data[0], row.scale_after, tolerance);
      comparison.number(
        `table.${i}.growth_tracker`,
        state.get("growth_tracker")?.data[0],
        row.growth_tracker,
        tolerance,
      );
      comparison.value(`table.${i}.param`, state.get("param")?.data, row.param, tolerance);
    }
    return comparison;
  },
};

function vector(values: readonly number[]): HostResult {
  return { data: Float32Array.from(values), shape: [values.length], dtype: "float32" };
}

function scalar(value: number): HostResult {
  return { data: Float32Array.of(value), shape: [], dtype: "float32" };
}
