/** The kernel table of a trace written by hand, field by field (xplane.proto). */
import { expect, it } from "vitest";
import { kernelTable, kernelTimes } from "../h100/kernel-table.ts";

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)]);
const number = (field: number, value: number): number[] => [field << 3, ...varint(value)];
const bytes = (field: number, content: readonly number[]): number[] => [
  (field << 3) | 2,
  ...varint(content.length),
  ...content,
];
const text = (field: number, content: string): number[] => bytes(field, [...Buffer.from(content)]);
const named = (field: number, id: number, name: string): number[] =>
  bytes(field, [...number(1, id), ...bytes(2, [...number(1, id), ...text(2, name)])]);
const event = (kernel: number, picoseconds: number, instruction: number): number[] =>
  bytes(4, [
    ...number(1, kernel),
    ...number(3, picoseconds),
    ...bytes(4, [...number(1, 1), ...number(7, instruction)]),
  ]);

const stream = [...event(1, 2_000_000, 2), ...event(1, 1_000_000, 2), ...event(2, 500_000, 3)];
const plane = [
  ...text(2, "/device:GPU:0"),
  ...bytes(3, [...text(2, "Stream #7(Compute)"), ...stream]),
  ...bytes(3, [...text(2, "something else"), ...event(2, 9_000_000, 3)]),
  ...named(4, 1, "gemm"),
  ...named(4, 2, "fusion"),
  ...named(5, 1, "hlo_op"),
  ...named(5, 2, "dot.1"),
  ...named(5, 3, "add.2"),
];
const trace = Uint8Array.from([...bytes(1, text(2, "/host:CPU")), ...bytes(1, plane), 0]);

it("adds up the streams of the first GPU", () => {
  expect(kernelTimes(trace)).toEqual([
    { name: "gemm", calls: 2, ms: 0.003, instruction: "dot.1" },
    { name: "fusion", calls: 1, ms: 0.0005, instruction: "add.2" },
  ]);
});

it("prints the longest kernels for one step", () => {
  const table = kernelTable(kernelTimes(trace), 1, 1);
  expect(table).toContain("| 0.003 | 85.7 % | 2 | `gemm` | dot.1 |");
  expect(table).toContain("2 kernels");
});
