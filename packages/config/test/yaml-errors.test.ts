/** YAML mistakes: all of a file at once, each with line, column and a caret under the spot. */
import { expect, it } from "vitest";
import { toPlainTree } from "../src/tree/config-node.ts";
import { readYaml } from "../src/yaml/read-yaml.ts";
import { SourceText } from "../src/yaml/source-text.ts";
import { placesOf } from "./caught-errors.ts";

function read(text: string) {
  return readYaml(new SourceText("c.yaml", text));
}

it("points at a duplicate key with a caret", () => {
  const { errors } = read("model:\n  depth: 1\n  width: 2\n  depth: 3\n");
  expect(placesOf(errors)).toEqual(["L3M_CONFIG_SYNTAX 4:3"]);
  expect(errors[0]?.message).toBe(
    'L3M_CONFIG_SYNTAX  c.yaml:4:3\n  "depth" is given twice in one map.\n    4 |   depth: 3\n      |   ^',
  );
});

it("reports several mistakes of one file together", () => {
  const { errors } = read('a: 1\na: 2\nb: "open\nc: @x\n');
  expect(errors.length).toBeGreaterThan(1);
  expect(errors.every(({ code, details }) => code === "L3M_CONFIG_SYNTAX" && details.where?.line !== undefined)).toBe(
    true,
  );
});

it("explains an unquoted interpolation in a flow map, once", () => {
  const { errors } = read("a: 1\nb: {c: ${a}, d: 2}\ne: 3\n");
  expect(errors.map(({ message }) => message)).toEqual([
    'L3M_CONFIG_SYNTAX  c.yaml:2:8\n  ${...} must be quoted inside { } and [ ].\n    2 | b: {c: ${a}, d: 2}\n      |        ^\n  fix:      Write "${a}".',
  ]);
});

it.each([
  ["a: [1, 2\nb: 3\n", 2],
  ["a:\n\t- 1\n", 2],
  ["a: *gone\n", 1],
  ["a: !!python/tuple [1]\n", 1],
  ["a: &x [*x]\n", 1],
  ["? [1, 2]\n: 3\n", 1],
  ["a: 1\n---\nb: 2\n", 2],
  ["a: 12345678901234567890\n", 1],
  ["a: {<<: 5}\n", 1],
])("%j fails on line %i", (text, line) => {
  const { errors } = read(text);
  expect(errors[0]?.code).toBe("L3M_CONFIG_SYNTAX");
  expect(errors[0]?.details.where?.line).toBe(line);
});

it("does not expand a billion laughs", () => {
  const levels = Array.from(
    { length: 12 },
    (_, i) => `l${i + 1}: &l${i + 1} [${Array.from({ length: 9 }, () => `*l${i}`).join(", ")}]`,
  );
  expect(read(`l0: &l0 [x, x, x, x]\n${levels.join("\n")}\n`).errors[0]?.details.message).toMatch(
    /^The file expands to more than 200000 values\./,
  );
});

it("reads anchors, aliases and merge keys as YAML means them", () => {
  const { node, errors } = read('base: &b {x: 1, y: 2}\nc: {<<: *b, y: 3}\nd: *b\n"<<": text\n1: one\n');
  expect(errors).toEqual([]);
  expect(toPlainTree(node)).toEqual({
    base: { x: 1, y: 2 },
    c: { y: 3, x: 1 },
    d: { x: 1, y: 2 },
    "<<": "text",
    "1": "one",
  });
});
