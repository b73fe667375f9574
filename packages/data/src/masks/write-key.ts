/** Where the value of a generator goes. */
import type { BuildContext } from "@l3m/core";
import { L3mError } from "@l3m/errors";

/** The `write_key` of a generator's node. Throws `L3M_BAD_OPTION` if it has none. */
export function writeKeyOf({ keys, where }: BuildContext): string {
  const key = keys.write_key;
  if (typeof key === "string" && key !== "") return key;
  throw new L3mError("L3M_BAD_OPTION", {
    message: "A generator needs to know under which key its value goes into the sample.",
    where: { path: where === "" ? "write_key" : `${where}.write_key` },
    expected: "a key, such as encoder_prefix_mask",
    got: key === undefined || key === null ? "nothing" : JSON.stringify(key),
    fix: "Add write_key.",
  });
}
