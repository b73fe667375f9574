export { dataParallelLayout, replicated, type Dimensions, type Layout } from "./layout.ts";
export { activationDimensions } from "./logical-axes.ts";
export { createMesh, deviceCount, type MeshOptions, type MeshSpec } from "./mesh.ts";
