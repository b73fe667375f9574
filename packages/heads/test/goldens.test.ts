import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { fileURLToPath } from "node:url";
import { corePlugin, Registry } from "@l3m/core";
import { formatRow, runGoldens } from "@l3m/testing";
import heads from "@l3m/heads";
import { beforeAll, expect, it } from "vitest";

beforeAll(async () => void (await tf.setBackend("cpu")));

it("agrees with the recorded values of ml-l3m", async () => {
  const folder = fileURLToPath(new URL("../../../tools/goldens/heads", import.meta.url));
  const results = await runGoldens([folder], { registry: new Registry([corePlugin, heads]) });
  expect(results.filter(({ verdict }) => verdict === "failed").map((result) => formatRow(result))).toEqual([]);
  expect(results.filter(({ verdict }) => verdict === "passed").length).toBeGreaterThanOrEqual(16);
});
