/** Errors of a config of ml-l3m that cannot be followed here. */
import { didYouMean, L3mError } from "@l3m/errors";
import type { ConfigTree, SourcePlace } from "../tree/config-node.ts";
import type { FrameKey } from "./frame-keys.ts";

/** A key that is there, with a value that asks for something which does not exist here. */
export function refusal(
  rule: Extract<FrameKey, { verdict: "refused" }>,
  value: ConfigTree | undefined,
  place: SourcePlace,
): L3mError {
  return new L3mError("L3M_BAD_OPTION", {
    message: `${rule.key} of ml-l3m cannot be followed: ${rule.why}.`,
    where: { ...place, path: rule.key },
    expected: rule.unless.map((fine) => (fine === null ? "nothing" : JSON.stringify(fine))).join(" or "),
    got: JSON.stringify(value),
    fix: rule.fix,
  });
}

/** A value that no mapping knows. */
export function unknownValue(
  path: string,
  got: ConfigTree | undefined,
  expected: readonly string[],
  place: SourcePlace,
): L3mError {
  return new L3mError("L3M_BAD_OPTION", {
    message: `${path} of ml-l3m has a value that cannot be followed.${didYouMean(String(got), expected)}`,
    where: { ...place, path },
    expected: `one of ${expected.join(", ")}`,
    got: JSON.stringify(got),
    fix: "Use one of these.",
  });
}
