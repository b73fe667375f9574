/** Nothing leaks, nothing crashes: many buffers in one process, and many processes. */
import { spawnSync } from "node:child_process";
import { loadPlugin } from "@l3m/pjrt";
import { beforeAll, describe, expect, it } from "vitest";
import { builtPackage, cpuPlugin } from "./cpu-plugin.ts";

let plugin: string;
let entry: string;
beforeAll(async () => {
  plugin = await cpuPlugin();
  entry = builtPackage();
});

/** Runs a module in a new process, with `load`, `square` and `zeros` ready. */
function run(
  script: string,
  env: NodeJS.ProcessEnv = {},
): { status: number | null; signal: string | null; output: string } {
  const source = `import { loadPlugin } from ${JSON.stringify(entry)};
    const load = () => loadPlugin(${JSON.stringify(plugin)});
    const square = (n) => \`func.func @main(%a: tensor<\${n}x\${n}xf32>) -> tensor<\${n}x\${n}xf32> {
      %0 = stablehlo.dot_general %a, %a, contracting_dims = [1] x [0] : (tensor<\${n}x\${n}xf32>, tensor<\${n}x\${n}xf32>) -> tensor<\${n}x\${n}xf32>
      return %0 : tensor<\${n}x\${n}xf32> }\`;
    const zeros = (client, n) => client.bufferFromHost(new Float32Array(n * n), "f32", [n, n]);
    ${script}`;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", source], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return { status, signal, output: `${stdout}${stderr}` };
}

describe("in one process", () => {
  it("whatever outlives its client or is destroyed twice does nothing", async () => {
    const client = loadPlugin(plugin).createClient({ cpu_device_count: 1n });
    const executable = await client.compile(
      "func.func @main(%a: tensor<f32>) -> tensor<f32> { return %a : tensor<f32> }",
    );
    const buffer = client.bufferFromHost(new Float32Array(1), "f32", []);
    const [output] = executable.execute([[buffer]])[0] ?? [];
    const pending = output?.toHost(new Float32Array(1));
    buffer.destroy();
    buffer.destroy();
    client.destroy();
    client.destroy();
    await pending;
    output?.destroy();
    executable.destroy();
    expect([client.liveBuffers, buffer.isDeleted, output?.isDeleted]).toEqual([0, true, true]);
    expect(() => executable.execute([[buffer]])).toThrow("destroyed");
    expect(() => client.bufferFromHost(new Float32Array(1), "f32", [])).toThrow("destroyed");
    await expect(client.compile("func.func @main() { return }")).rejects.toThrow("destroyed");
  });

  it("a client that is destroyed while it compiles ends when the compilation does", async () => {
    const client = loadPlugin(plugin).createClient({ cpu_device_count: 1n });
    const compiling = client.compile("func.func @main(%a: tensor<f32>) -> tensor<f32> { return %a : tensor<f32> }");
    client.destroy();
    const executable = await compiling;
    expect(() => executable.execute([[]])).toThrow("destroyed");
  });
});

describe("in processes of their own", () => {
  it("10,000 buffers of a megabyte come and go", () => {
    const { status, output } = run(`const client = load().createClient({ cpu_device_count: 1n });
      const megabyte = new Float32Array(2 ** 18).fill(1);
      const cycle = (count) => { for (let i = 0; i < count; i++) client.bufferFromHost(megabyte, "f32", [2 ** 18]).destroy(); };
      cycle(500);
      const before = process.memoryUsage.rss();
      cycle(10_000);
      console.log(client.liveBuffers, process.memoryUsage.rss() - before);`);
    const [live, growth] = output.trim().split(" ").map(Number);
    expect([status, live]).toEqual([0, 0]);
    expect(growth).toBeLessThan(64 * 2 ** 20); // of the 10 GB that passed through
  });

  it("50 starts and exits in a row", () => {
    const failed: string[] = [];
    for (let i = 0; i < 50; i++) {
      const how = ["", "process.exit(0);", "client.destroy();"][i % 3] ?? "";
      const result = run(`const client = load().createClient({ cpu_device_count: 2n });
        const [[out]] = client.compileSync(square(8)).execute([[zeros(client, 8)]]);
        await out.toHost(new Float32Array(64)); ${how}`);
      if (result.status !== 0) failed.push(`start ${i}: status ${result.status} ${result.signal} ${result.output}`);
    }
    expect(failed).toEqual([]);
  }, 300_000);

  it("exit in the middle of a computation and of a compilation", () => {
    expect(
      run(
        "const client = load().createClient(); client.compileSync(square(1000)).execute([[zeros(client, 1000)]]); process.exit(7);",
      ).status,
    ).toBe(7);
    expect(
      run("const client = load().createClient(); client.compileSync(square(1000)).execute([[zeros(client, 1000)]]);")
        .status,
    ).toBe(0);
    expect(
      run("const client = load().createClient(); client.compile(square(1000)); setTimeout(() => process.exit(7), 5);")
        .status,
    ).toBe(7);
    expect(
      run(
        "const client = load().createClient(); client.compileSync(square(1000)).execute([[zeros(client, 1000)]]); throw new TypeError('mine');",
      ),
    ).toMatchObject({ status: 1, output: expect.stringContaining("mine") });
  });

  it("XLA_FLAGS that would end the process are an error", () => {
    const create =
      "try { load().createClient(); console.log('created'); } catch (error) { console.log(error.message); }";
    expect(run(create, { XLA_FLAGS: "--xla_cpu_enable_fast_math=false" })).toMatchObject({
      status: 0,
      output: expect.stringContaining("created"),
    });
    expect(run(create, { XLA_FLAGS: "--xla_no_such_flag=1" })).toMatchObject({
      status: 0,
      output: expect.stringContaining("xla_no_such_flag"),
    });
    expect(run(create, { XLA_FLAGS: "--xla cpu" })).toMatchObject({
      status: 0,
      output: expect.stringContaining("L3M_BAD_OPTION"),
    });
    expect(run(create, { XLA_FLAGS: "/no/such/file" })).toMatchObject({
      status: 0,
      output: expect.stringContaining("L3M_BAD_OPTION"),
    });
  });
});
