/** Registers every gradient that a model needs; tfjs-core alone registers none in Node. */
import { registerGradient, unregisterGradient, getGradient } from "@tensorflow/tfjs-core";
import { autocastClass } from "../precision/autocast.ts";
import { productGradient } from "./product-gradient.ts";
import { splitGradient, unpackGradient } from "./split-gradient.ts";
import { stockGradients } from "./stock-gradients.generated.ts";
import { meanGradient, sumGradient } from "./sum-gradient.ts";

const corrected = [sumGradient, meanGradient, splitGradient, unpackGradient];
let done = false;

/** Registers tfjs's own gradients and our corrected ones. Safe to call more than once. */
export function registerGradients(): void {
  if (done) return;
  done = true;
  const replaced = new Set(corrected.map((config) => config.kernelName));
  for (const config of stockGradients) {
    if (replaced.has(config.kernelName) || getGradient(config.kernelName) !== undefined) continue;
    registerGradient(autocastClass(config.kernelName) === "compute" ? productGradient(config) : config);
  }
  for (const config of corrected) {
    if (getGradient(config.kernelName) !== undefined) unregisterGradient(config.kernelName);
    registerGradient(config);
  }
}
