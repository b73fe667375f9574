/** A change to something that is only known once interpolations are resolved. */
import type { ConfigNode } from "./config-node.ts";

/** Gives the changed node; throws an `L3mError` when the change does not fit. */
export type MapPatch = (base: ConfigNode) => ConfigNode;
