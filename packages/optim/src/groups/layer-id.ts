/** Layer numbers for layer-wise learning rates. */

/**
 * The layer that a parameter of a vision transformer belongs to: 0 for the preprocessor, i + 1 for block i of the trunk, and
 * `numLayers` for everything after it or elsewhere (ml-l3m `get_layer_id_for_vit`, after BEiT).
 */
export function layerIdForVit(name: string, numLayers: number): number {
  const path = name.replaceAll("_fsdp_wrapped_module.", "");
  if (path.startsWith("preprocessor")) return 0;
  return path.startsWith("trunk.blocks") ? Number(path.split(".")[2]) + 1 : numLayers;
}
