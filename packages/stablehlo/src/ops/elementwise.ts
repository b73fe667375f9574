/** Operations that work element by element on operands of one type. */
import { check } from "../bad-op.ts";
import { type Format, operation, type Value } from "../operation.ts";
import { type ElementType, isFloat, isInteger, sameType, typeText } from "../types.ts";

type Domain = "any" | "number" | "float" | "integer" | "logical";

const DOMAIN_TEXT: Readonly<Record<Domain, string>> = {
  any: "any element type",
  number: "numbers",
  float: "floats",
  integer: "integers",
  logical: "booleans or integers",
};

function inDomain(element: ElementType, domain: Domain): boolean {
  switch (domain) {
    case "any":
      return true;
    case "number":
      return element !== "i1";
    case "float":
      return isFloat(element);
    case "integer":
      return isInteger(element);
    case "logical":
      return !isFloat(element);
  }
}

const sameTypeForm: Format = (op, nameOf) =>
  `${op.name} ${op.operands.map(nameOf).join(", ")} : ${typeText((op.operands[0] as Value).type)}`;

/** A function `(x) => y` where `y` has the type of `x`. */
function unary(mnemonic: string, domain: Domain): (x: Value) => Value {
  const name = `stablehlo.${mnemonic}`;
  return (x) => {
    check(inDomain(x.type.element, domain), name, () => ["element type not supported", DOMAIN_TEXT[domain], [x]]);
    return operation({ name, operands: [x], result: x.type, format: sameTypeForm });
  };
}

/** A function `(a, b) => y` where all three have one type; nothing broadcasts. */
function binary(mnemonic: string, domain: Domain): (a: Value, b: Value) => Value {
  const name = `stablehlo.${mnemonic}`;
  return (a, b) => {
    check(sameType(a.type, b.type), name, () => ["operands must have one type", typeText(a.type), [a, b]]);
    check(inDomain(a.type.element, domain), name, () => ["element type not supported", DOMAIN_TEXT[domain], [a]]);
    return operation({ name, operands: [a, b], result: a.type, format: sameTypeForm });
  };
}

export const add = binary("add", "any");
export const subtract = binary("subtract", "number");
export const multiply = binary("multiply", "any");
/** Integers divide towards zero. */
export const divide = binary("divide", "number");
export const maximum = binary("maximum", "any");
export const minimum = binary("minimum", "any");
export const power = binary("power", "number");
/** Sign of the dividend, as in C. */
export const remainder = binary("remainder", "number");
export const atan2 = binary("atan2", "float");
export const and = binary("and", "logical");
export const or = binary("or", "logical");
export const xor = binary("xor", "logical");
export const shiftLeft = binary("shift_left", "integer");
export const shiftRightLogical = binary("shift_right_logical", "integer");
export const shiftRightArithmetic = binary("shift_right_arithmetic", "integer");

export const not = unary("not", "logical");
export const negate = unary("negate", "number");
export const abs = unary("abs", "number");
/** -1, 0 or 1; NaN stays NaN. */
export const sign = unary("sign", "number");
export const exp = unary("exponential", "float");
export const expm1 = unary("exponential_minus_one", "float");
export const log = unary("log", "float");
export const log1p = unary("log_plus_one", "float");
export const sqrt = unary("sqrt", "float");
export const rsqrt = unary("rsqrt", "float");
export const cbrt = unary("cbrt", "float");
export const tanh = unary("tanh", "float");
export const logistic = unary("logistic", "float");
export const sine = unary("sine", "float");
export const cosine = unary("cosine", "float");
export const tan = unary("tan", "float");
export const floor = unary("floor", "float");
export const ceil = unary("ceil", "float");
export const roundNearestEven = unary("round_nearest_even", "float");
export const popcount = unary("popcnt", "integer");

const chloForm: Format = (op, nameOf) => {
  const [x] = op.operands as [Value];
  return `${op.name} ${nameOf(x)} : ${typeText(x.type)} -> ${typeText(x.type)}`;
};

/** A function of the CHLO dialect, which plugins expand before compiling. */
function chlo(mnemonic: string): (x: Value) => Value {
  const name = `chlo.${mnemonic}`;
  return (x) => {
    check(isFloat(x.type.element), name, () => ["element type not supported", DOMAIN_TEXT.float, [x]]);
    return operation({ name, operands: [x], result: x.type, format: chloForm });
  };
}

export const erf = chlo("erf");
export const erfInv = chlo("erf_inv");
export const acos = chlo("acos");
export const asin = chlo("asin");
export const atan = chlo("atan");
export const acosh = chlo("acosh");
export const asinh = chlo("asinh");
export const atanh = chlo("atanh");
export const sinh = chlo("sinh");
export const cosh = chlo("cosh");

/** True where `x` is neither infinite nor NaN. */
export function isFinite(x: Value): Value {
  const name = "stablehlo.is_finite";
  check(isFloat(x.type.element), name, () => ["element type not supported", DOMAIN_TEXT.float, [x]]);
  return operation({ name, operands: [x], result: { shape: x.type.shape, element: "i1" } });
}
