/** What makes up the engine `tfjs-node`: the npm package with its binding's source, and the TensorFlow that it is compiled against. */
import type { LockedWheel } from "./wheel-lock.ts";

/** TensorFlow 2.15.1 is the version with the fewest failures in the package's own tests. */
const TENSORFLOW: LockedWheel = {
  project: "tensorflow-cpu",
  version: "2.15.1",
  filename: "tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
  sha256: "54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26",
  bytes: 207208420,
};

export const TFJS_NODE = {
  engine: "tfjs-node",
  arch: "x64",
  package: "@tensorflow/tfjs-node",
  version: "4.22.0",
  /** Installed side by side without running their install scripts. */
  npmPackages: ["@tensorflow/tfjs-node@4.22.0", "node-api-headers@1.9.0"],
  wheel: TENSORFLOW,
} as const;

/** The members of the wheel that the binding needs: the two libraries and the headers of the C API. */
export function isNeeded(member: string): boolean {
  return /^tensorflow\/(libtensorflow_(cc|framework)\.so\.2$|include\/((tensorflow|tsl|xla)\/c\/|(tensorflow\/core|tensorflow\/tsl|tsl)\/platform\/ctstring))/.test(
    member,
  );
}
