import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { CONFIGURATIONS, COPIED, expectToPass, WITH_BUGS } from "./cases.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

describe("recorded values of ml-l3m, op by op", () => {
  for (const golden of COPIED) {
    it(`${golden.area}/${golden.name}`, async () => {
      const before = tf.memory().numTensors;
      await expectToPass(golden);
      expect(tf.memory().numTensors, "tensors left behind").toBe(before);
    });
  }
  for (const golden of CONFIGURATIONS) it(`${golden.area}/${golden.name}`, ({ skip }) => expectToPass(golden, { orSkipped: skip }));
});

describe("recorded bugs of ml-l3m, with compat", () => {
  for (const golden of WITH_BUGS) it(`${golden.area}/${golden.name}`, () => expectToPass(golden, { compat: true }));
});
