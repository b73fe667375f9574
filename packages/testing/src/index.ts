export { Comparison, DOUBLE_PRECISION, EXACT } from "./goldens/comparison.ts";
export { findCases } from "./goldens/find-cases.ts";
export { loadCase, type GoldenCase, type Tolerance, type ToleranceField } from "./goldens/golden-case.ts";
export type { Jit, TensorFunction } from "./goldens/program.ts";
export { formatRow, formatTable, formatTotals } from "./goldens/report.ts";
export { HANDLED } from "./goldens/handlers/index.ts";
export { runCase, type CaseResult, type RunOptions, type Verdict } from "./goldens/run-case.ts";
export { runGoldens, type RunGoldensOptions } from "./goldens/run-goldens.ts";
export { readSafetensors, type HostTensor, type StoredDtype } from "./goldens/safetensors.ts";
