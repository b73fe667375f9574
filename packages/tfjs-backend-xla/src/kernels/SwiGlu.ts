/** SwiGlu: silu(gate) up, in the format of gate. */
import { convert, multiply } from "@l3m/stablehlo";
import { siluOf } from "../lowering/activation-kernel.ts";
import { lowering } from "../lowering/kernel.ts";

export const swiGlu = lowering<"gate" | "up">("SwiGlu", ({ gate, up }) => ({
  value: convert(multiply(siluOf(convert(gate.value, "f32")), convert(up.value, "f32")), gate.value.type.element),
  dtype: "float32",
}));
