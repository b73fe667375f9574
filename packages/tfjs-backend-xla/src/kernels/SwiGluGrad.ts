/** SwiGluGrad: the gradients of gate and up, each in its format. */
import { convert, multiply } from "@l3m/stablehlo";
import { siluOf, siluSlope } from "../lowering/activation-kernel.ts";
import { lowering } from "../lowering/kernel.ts";

export const swiGluGrad = lowering<"gate" | "up" | "dy">("SwiGluGrad", (inputs) => {
  const gate = convert(inputs.gate.value, "f32");
  const dy = convert(inputs.dy.value, "f32");
  const dGate = multiply(multiply(dy, convert(inputs.up.value, "f32")), siluSlope(gate));
  return [
    { value: convert(dGate, inputs.gate.value.type.element), dtype: "float32" },
    { value: convert(multiply(dy, siluOf(gate)), inputs.up.value.type.element), dtype: "float32" },
  ];
});
