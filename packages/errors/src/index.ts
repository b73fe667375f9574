export { ERROR_CODES, type ErrorCode } from "./codes.ts";
export { formatShape } from "./format-shape.ts";
export { invariant } from "./invariant.ts";
export { formatPlace, isL3mError, L3mError, type ErrorDetails, type ErrorPlace } from "./l3m-error.ts";
export { L3mErrors, throwAll } from "./l3m-errors.ts";
export { didYouMean, editDistance, suggest } from "./suggest.ts";
