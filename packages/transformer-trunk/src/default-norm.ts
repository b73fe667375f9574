/** The norm of a transformer whose config names none, as in timm's vision transformers. */
export const DEFAULT_NORM = { norm: "core/layer-norm", eps: 1e-6 };
