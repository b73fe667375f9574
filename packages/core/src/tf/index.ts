/** TensorFlow.js as blocks import it: one owner of the version, every gradient registered. */
import { registerGradients } from "@l3m/tfjs-kernels";

registerGradients();

export * from "@tensorflow/tfjs-core";
