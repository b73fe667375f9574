/** The keys under which a config node names a registered thing: every kind in snake_case, and upstream's `_target_`. */
import { kindKey, KINDS } from "@l3m/core";

export const NAME_KEYS: readonly string[] = ["_target_", ...KINDS.map(kindKey)];
