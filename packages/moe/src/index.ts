/** Mixture-of-experts feed-forward networks and their balancing loss. */
import { definePlugin } from "@l3m/core";
import { expertLayer } from "./expert-layer.ts";
import { loadBalancingLossTerm } from "./load-balancing-loss.ts";
import { moe } from "./moe.ts";

export { loadBalancingLoss } from "./balancing-loss.ts";
export { type ExpertLayout, capacityLayout, droplessLayout } from "./expert-layout.ts";
export { expertProducts } from "./expert-products.ts";
export type { MixtureLayer } from "./expert-layer.ts";
export type { Routing } from "./routing.ts";
export { expertLayer, loadBalancingLossTerm, moe };

export default definePlugin({ namespace: "moe", provides: [moe, expertLayer, loadBalancingLossTerm] });
