/** Arithmetic of configs: a number from the text of a Python expression, and nothing else that Python could do. */
import { L3mError } from "@l3m/core";

type Numbers = Readonly<Record<string, number>>;
type Operation = (...values: readonly number[]) => number;

const CONSTANTS: Numbers = { "math.pi": Math.PI, "math.e": Math.E };

/** Each with the least and the most arguments that it takes. */
const FUNCTIONS: Readonly<Record<string, readonly [least: number, most: number, Operation]>> = {
  "math.sqrt": [1, 1, (x = NaN) => Math.sqrt(x)],
  "math.exp": [1, 1, (x = NaN) => Math.exp(x)],
  "math.log": [1, 2, (x = NaN, base) => (base === undefined ? Math.log(x) : Math.log(x) / Math.log(base))],
  "math.log2": [1, 1, (x = NaN) => Math.log2(x)],
  "math.log10": [1, 1, (x = NaN) => Math.log10(x)],
  "math.pow": [2, 2, (x = NaN, y = NaN) => x ** y],
  "math.floor": [1, 1, (x = NaN) => Math.floor(x)],
  "math.ceil": [1, 1, (x = NaN) => Math.ceil(x)],
  min: [2, Infinity, Math.min],
  max: [2, Infinity, Math.max],
  abs: [1, 1, (x = NaN) => Math.abs(x)],
  float: [1, 1, (x = NaN) => x],
  int: [1, 1, (x = NaN) => Math.trunc(x)],
};

const LONGEST_TEXT = 1000;

/** One token at the start of a text: a number, a name with dots, or a sign. */
const TOKEN = /^\s*((?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[A-Za-z_][\w.]*|\*\*|\/\/|[-+*/%(),])/;

/**
 * The value of `text`: numbers, `+ - * / // % **`, parentheses, the names in `variables`, `math.pi`, `math.e`, and calls of
 * `math.sqrt`, `exp`, `log`, `log2`, `log10`, `pow`, `floor`, `ceil` (all with `math.`), `min`, `max`, `abs`, `float`, `int`.
 * Precedence, `//` and `%` are Python's.
 *
 * @throws L3M_BAD_OPTION for anything else, for a value that is no finite number (a division by zero, a negative root), and
 *   for a text of more than 1000 characters, which no formula needs and whose parentheses could go too deep
 */
export function evaluateArithmetic(text: string, variables: Numbers = {}): number {
  if (text.length > LONGEST_TEXT)
    throw arithmeticError(`${text.slice(0, 40)}...`, `at most ${LONGEST_TEXT} characters`);
  return new Reader(text, { ...CONSTANTS, ...variables }).whole();
}

function arithmeticError(text: string, expected: string): L3mError {
  return new L3mError("L3M_BAD_OPTION", {
    message: `The expression "${text}" has no value.`,
    expected,
    got: text,
    fix: "Write numbers, names and + - * / // % ** with parentheses, for example base_width / width.",
  });
}

/** Recursive descent, one method per level of precedence. */
class Reader {
  readonly #text: string;
  readonly #names: Numbers;
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string, names: Numbers) {
    this.#text = text;
    this.#names = names;
    this.#tokens = this.#split(text);
  }

  whole(): number {
    const value = this.#sum();
    if (this.#next() !== undefined) throw this.#unexpected("the end");
    return value;
  }

  #sum(): number {
    let value = this.#product();
    for (;;) {
      if (this.#take("+")) value = this.#finite(value + this.#product());
      else if (this.#take("-")) value = this.#finite(value - this.#product());
      else return value;
    }
  }

  #product(): number {
    let value = this.#signed();
    for (;;) {
      if (this.#take("*")) value = this.#finite(value * this.#signed());
      else if (this.#take("/")) value = this.#finite(value / this.#signed());
      else if (this.#take("//")) value = this.#finite(floorDivide(value, this.#signed()));
      else if (this.#take("%")) value = this.#finite(modulo(value, this.#signed()));
      else return value;
    }
  }

  /** A sign binds less than a power on its right: -2 ** 2 is -4. */
  #signed(): number {
    if (this.#take("-")) return -this.#signed();
    return this.#take("+") ? this.#signed() : this.#power();
  }

  #power(): number {
    const base = this.#atom();
    return this.#take("**") ? this.#finite(base ** this.#signed()) : base;
  }

  #atom(): number {
    if (this.#take("(")) {
      const value = this.#sum();
      this.#expect(")");
      return value;
    }
    const token = this.#next();
    if (token === undefined || !/^[\w.]/.test(token)) throw this.#unexpected("a number, a name or a parenthesis");
    this.#at += 1;
    if (/^[\d.]/.test(token)) return this.#finite(Number(token.replaceAll("_", "")));
    if (this.#take("(")) return this.#call(token);
    const value = Object.hasOwn(this.#names, token) ? this.#names[token] : undefined;
    if (value === undefined)
      throw arithmeticError(this.#text, `"${token}" to be one of ${Object.keys(this.#names).join(", ")}`);
    return value;
  }

  #call(name: string): number {
    const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (known === undefined)
      throw arithmeticError(this.#text, `"${name}" to be one of ${Object.keys(FUNCTIONS).join(", ")}`);
    const [least, most, operation] = known;
    const values: number[] = [];
    while (!this.#take(")")) {
      if (values.length > 0) this.#expect(",");
      values.push(this.#sum());
    }
    if (values.length < least || values.length > most)
      throw arithmeticError(this.#text, `another number of arguments of ${name} than ${values.length}`);
    return this.#finite(operation(...values));
  }

  /** Python has an error for a division by zero, the root of a negative number and a power that is too large. */
  #finite(value: number): number {
    if (!Number.isFinite(value))
      throw arithmeticError(this.#text, `finite numbers on the way, where it comes to ${value}`);
    return value;
  }

  #split(text: string): string[] {
    const tokens: string[] = [];
    let rest = text.trimEnd();
    while (rest !== "") {
      const [whole, token] = TOKEN.exec(rest) ?? [];
      if (whole === undefined || token === undefined) throw arithmeticError(text, `no "${rest.trimStart().charAt(0)}"`);
      tokens.push(token);
      rest = rest.slice(whole.length);
    }
    return tokens;
  }

  #next(): string | undefined {
    return this.#tokens[this.#at];
  }

  #take(token: string): boolean {
    if (this.#next() !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw this.#unexpected(`"${token}"`);
  }

  #unexpected(wanted: string): L3mError {
    const token = this.#next();
    return arithmeticError(this.#text, `${wanted} ${token === undefined ? "after it" : `where "${token}" stands`}`);
  }
}

/** Python's `%`: the result has the sign of the divisor. */
function modulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** Python's `//`. */
function floorDivide(a: number, b: number): number {
  return b === 0 ? NaN : Math.round((a - modulo(a, b)) / b);
}
