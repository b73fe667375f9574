/** `metrics_gate`: which metrics score which data set. */
import { scoresSet } from "@l3m/config";
import { Comparison } from "../comparison.ts";
import type { Handler } from "../handler.ts";

interface Row {
  readonly dataset_name: string | null;
  readonly ran: readonly string[];
}

interface GatedMetric {
  readonly name: string;
  readonly dataset_name?: string | string[];
}

export const metricsGate: Handler = {
  builds: () => [],
  run(golden, { compat }) {
    const comparison = new Comparison();
    const metrics = golden.fields["metrics"] as readonly GatedMetric[];
    for (const [i, { dataset_name: set, ran }] of (golden.fields["table"] as readonly Row[]).entries()) {
      const got = metrics.filter(({ dataset_name = null }) => scoresSet({ dataset_name }, set, compat));
      const repaired = golden.affected.includes(`table.${i}`) && !compat;
      const rows = golden.fixedValues["table"] as Readonly<Record<string, Row>> | undefined;
      comparison.exact(
        `table.${i}.ran`,
        got.map(({ name }) => name),
        repaired ? rows?.[i]?.ran : ran,
      );
    }
    return comparison;
  },
};
