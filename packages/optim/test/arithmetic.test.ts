import { evaluateArithmetic } from "@l3m/optim";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const VARIABLES = { base_width: 384, width: 4096 };

describe("arithmetic of configs", () => {
  // values printed by CPython 3
  it.each([
    ["1_000.5", 1000.5],
    [".5", 0.5],
    ["2.", 2],
    ["1e-3", 0.001],
    ["-2**2", -4],
    ["2**-1", 0.5],
    ["2**3**2", 512],
    ["(2**3)**2", 64],
    ["-7//2", -4],
    ["7//-2", -4],
    ["7.5//2", 3],
    ["5.5 // 0.1", 54],
    ["-7%3", 2],
    ["7%-3", -2],
    ["-7.5%2", 0.5],
    ["5.5 % 0.1", 0.0999999999999997],
    ["1+2*3-4/8", 6.5],
    ["1 - 2 - 3", -4],
    ["100 / 10 / 5", 2],
    ["2 * 3 % 4", 2],
    ["--3", 3],
    ["2*-3", -6],
    ["base_width/width", 0.09375],
    ["math.sqrt(base_width / width)", 0.30618621784789724],
    ["2**0.5", 1.4142135623730951],
    ["math.log(8, 2)", 3],
    ["math.log2(width)", 12],
    ["math.log10(1000)", 3],
    ["math.exp(1)", 2.718281828459045],
    ["math.pow(2, 10)", 1024],
    ["min(1, base_width/width)", 0.09375],
    ["max(width, 3, base_width)", 4096],
    ["abs(-3.5)", 3.5],
    ["int(-3.9)", -3],
    ["float(3)", 3],
    ["math.pi", Math.PI],
    ["math.floor(-2.5)", -3],
  ])("%s", (text, value) => {
    expect(evaluateArithmetic(text, VARIABLES)).toBe(value);
  });

  it("follows the tree that a text was printed from", () => {
    interface Tree {
      readonly text: string;
      readonly value: number;
    }
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.integer({ min: 1, max: 99 }).map((n) => ({ text: `${n}`, value: n })),
        fc.tuple(tie("tree"), fc.constantFrom("+", "-", "*"), tie("tree")).map(([a, sign, b]) => ({
          text: `(${a.text} ${sign}${b.text})`,
          value: sign === "+" ? a.value + b.value : sign === "-" ? a.value - b.value : a.value * b.value,
        })),
        tie("tree").map((a) => ({ text: `-(${a.text})`, value: -a.value })),
      ),
    }));
    fc.assert(fc.property(tree, ({ text, value }) => evaluateArithmetic(text) === value));
  });

  it.each([
    ["oops", /"oops" to be one of/],
    ["__import__('os')", /no "'"/],
    ["width.real", /"width.real"/],
    ["constructor", /"constructor"/],
    ["toString()", /"toString"/],
    ["math.tau", /math\.pi/],
    ["math.sqrt()", /arguments/],
    ["min(1)", /arguments/],
    ["1 / 0", /finite/],
    ["1 / (1 / 0)", /finite/],
    ["5 % 0", /finite/],
    ["5 // 0", /finite/],
    ["(-8) ** 0.5", /finite/],
    ["math.sqrt(-1)", /finite/],
    ["math.log(0)", /finite/],
    ["2.0 ** 10000", /finite/],
    ["1e400", /finite/],
    ["1 +", /after it/],
    ["(1", /"\)"/],
    ["1 2", /the end/],
    ["1 if width else 2", /the end/],
    ["[1][0]", /no "\["/],
    ["", /a number/],
  ])("refuses %s", (text, reason) => {
    expect(() => evaluateArithmetic(text, VARIABLES)).toThrow(reason);
  });

  it.each(["(", "-"])("refuses a text that nests %s too deep", (sign) => {
    expect(() => evaluateArithmetic(sign.repeat(20_000), VARIABLES)).toThrow(/at most 1000 characters/);
    expect(() => evaluateArithmetic(sign.repeat(1000), VARIABLES)).toThrow(/has no value/);
  });
});
