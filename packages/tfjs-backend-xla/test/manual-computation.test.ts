/** A manual computation compiled and run on virtual devices: every device works on its own shard. */
import { ensurePlugin, loadPlugin } from "@l3m/pjrt";
import { manualComputation, type Mesh, parameter, printModule, reverse } from "@l3m/stablehlo";
import { expect, it } from "vitest";

it("reverses the part of a row that a device holds", async () => {
  const mesh: Mesh = {
    name: "mesh",
    axes: [
      { name: "dp", size: 2 },
      { name: "tp", size: 2 },
    ],
  };
  const sharding = { mesh: "mesh", dims: [["dp"], ["tp"]] };
  const whole = { mesh: "mesh", dims: [[], []] };
  const x = parameter({ shape: [2, 4], element: "f32" });
  const [y] = manualComputation([x], {
    mesh,
    inShardings: [sharding],
    results: [{ type: x.type, sharding }],
    body: ([shard = x]) => [reverse(shard, [1])],
  });
  const client = loadPlugin(await ensurePlugin("cpu")).createClient({ cpu_device_count: 4n });
  try {
    const text = printModule({
      mesh,
      functions: [
        {
          name: "main",
          params: [{ value: x, sharding: whole }],
          results: [{ value: y ?? x, sharding: whole }],
        },
      ],
    });
    const executable = client.compileSync(text, { numPartitions: 4 });
    const values = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const args = client.devices.map((device) => [client.bufferFromHost(values, "f32", [2, 4], device)]);
    const outputs = executable.execute(args);
    const got = new Float32Array(8);
    await outputs[0]?.[0]?.toHost(got);
    expect([...got]).toEqual([2, 1, 4, 3, 6, 5, 8, 7]);
  } finally {
    client.destroy();
  }
});
