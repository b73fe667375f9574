/**
 * A reader of pickles (protocol 2, what `torch.save` writes) that executes nothing. A pickle is a program for a stack machine;
 * this machine knows the instructions that build plain data and asks a {@link Vocabulary} what the named classes and functions
 * mean. Everything else is refused by name. It never recurses, and what it keeps is bounded by the length of the program.
 */
import { badWeights } from "../bad-weights.ts";
import { ByteCursor } from "./byte-cursor.ts";
import { opcodeName } from "./opcode-names.ts";
import {
  describe,
  InertObject,
  type PickleDict,
  PickleGlobal,
  type PickleValue,
  TensorRecord,
} from "./pickle-value.ts";

/** What names mean. Each function returns undefined for what it does not know. */
export interface Vocabulary {
  /** True for classes and functions that may be mentioned. */
  knows(name: string): boolean;
  /** The result of a call, or a reason why it is none. */
  call(name: string, args: readonly PickleValue[]): PickleValue | undefined;
  /** The object behind a persistent id. */
  load(id: PickleValue): PickleValue | undefined;
}

/** Most values on the stack at once; a state dict needs as many as it has entries. */
const MAX_STACK = 2 ** 22;

/** The value that the program leaves. @throws L3M_WEIGHTS, with the instruction or name that is not known */
export function unpickle(program: Uint8Array<ArrayBuffer>, file: string, vocabulary: Vocabulary): PickleValue {
  return new PickleMachine(program, file, vocabulary).run();
}

class PickleMachine {
  readonly #cursor: ByteCursor;
  readonly #file: string;
  readonly #vocabulary: Vocabulary;
  readonly #stack: PickleValue[] = [];
  /** Heights of the stack where groups begin. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(program: Uint8Array<ArrayBuffer>, file: string, vocabulary: Vocabulary) {
    this.#cursor = new ByteCursor(program, file);
    this.#file = file;
    this.#vocabulary = vocabulary;
  }

  run(): PickleValue {
    for (;;) {
      const opcode = this.#cursor.u8();
      if (opcode === 0x2e) return this.#pop(); // STOP
      this.#execute(opcode);
      if (this.#stack.length > MAX_STACK) throw this.#bad(`more than ${MAX_STACK} values at once`);
    }
  }

  #execute(opcode: number): void {
    const cursor = this.#cursor;
    const stack = this.#stack;
    switch (String.fromCharCode(opcode)) {
      case "\x80": // PROTO
        return this.#protocol(cursor.u8());
      case "(": // MARK
        return void this.#marks.push(stack.length);
      case "0": // POP
        return void this.#pop();
      case "1": // POP_MARK
        return void this.#group();
      case "N": // NONE
        return void stack.push(null);
      case "\x88": // NEWTRUE
        return void stack.push(true);
      case "\x89": // NEWFALSE
        return void stack.push(false);
      case "K": // BININT1
        return void stack.push(cursor.u8());
      case "M": // BININT2
        return void stack.push(cursor.u16());
      case "J": // BININT
        return void stack.push(cursor.i32());
      case "\x8a": // LONG1
        return void stack.push(cursor.long(cursor.u8()));
      case "\x8b": // LONG4
        return void stack.push(cursor.long(cursor.i32()));
      case "G": // BINFLOAT
        return void stack.push(cursor.f64());
      case "X": // BINUNICODE
        return void stack.push(cursor.text(cursor.u32()));
      case "U": // SHORT_BINSTRING
        return void stack.push(cursor.text(cursor.u8()));
      case "]": // EMPTY_LIST
      case ")": // EMPTY_TUPLE
        return void stack.push([]);
      case "}": // EMPTY_DICT
        return void stack.push(new Map());
      case "t": // TUPLE
      case "l": // LIST
        return void stack.push(this.#group());
      case "\x85": // TUPLE1
        return void stack.push(this.#take(1));
      case "\x86": // TUPLE2
        return void stack.push(this.#take(2));
      case "\x87": // TUPLE3
        return void stack.push(this.#take(3));
      case "d": // DICT
        return void stack.push(this.#setItems(new Map(), this.#group()) ?? null);
      case "a": // APPEND
        return this.#append(this.#take(1));
      case "e": // APPENDS
        return this.#append(this.#group());
      case "s": // SETITEM
        return void this.#setItems(undefined, this.#take(2));
      case "u": // SETITEMS
        return void this.#setItems(undefined, this.#group());
      case "q": // BINPUT
        return void this.#memo.set(cursor.u8(), this.#top());
      case "r": // LONG_BINPUT
        return void this.#memo.set(cursor.u32(), this.#top());
      case "h": // BINGET
        return this.#recall(cursor.u8());
      case "j": // LONG_BINGET
        return this.#recall(cursor.u32());
      case "c": // GLOBAL
        return void stack.push(this.#global(`${cursor.line()}.${cursor.line()}`));
      case "R": // REDUCE
      case "\x81": // NEWOBJ
        return this.#call();
      case "b": // BUILD
        return this.#build();
      case "Q": // BINPERSID
        return this.#load();
      default:
        throw this.#bad(`the pickle instruction ${opcodeName(opcode)}`);
    }
  }

  #protocol(version: number): void {
    if (version > 2) throw this.#bad(`a pickle of protocol ${version}`, "protocol 2, the default of torch.save");
  }

  #global(name: string): PickleGlobal {
    if (this.#vocabulary.knows(name)) return new PickleGlobal(name);
    throw this.#bad(`the Python name ${JSON.stringify(name.slice(0, 120))}`);
  }

  #call(): void {
    const args = this.#pop();
    const callee = this.#pop();
    if (!(callee instanceof PickleGlobal) || !Array.isArray(args))
      throw this.#bad(`a call of ${describe(callee)} with ${describe(args)}`);
    const result = this.#vocabulary.call(callee.name, args as readonly PickleValue[]);
    if (result === undefined) {
      const shown = (args as readonly PickleValue[])
        .slice(0, 6)
        .map((arg) => describe(arg))
        .join(", ");
      throw this.#bad(`a call of ${callee.name}(${shown})`);
    }
    this.#stack.push(result);
  }

  /** Attributes of an object. Those of a state dict are version numbers, and those of inert objects are dropped. */
  #build(): void {
    this.#pop();
    const object = this.#top();
    const drops = object instanceof Map || object instanceof InertObject || object instanceof TensorRecord;
    if (!drops) throw this.#bad(`attributes of ${describe(object)}`);
  }

  #load(): void {
    const id = this.#pop();
    const loaded = this.#vocabulary.load(id);
    if (loaded === undefined) throw this.#bad(`a reference to ${describe(id)}`, "references to storages");
    this.#stack.push(loaded);
  }

  #recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.#bad(`a reference to value ${index}, which was never stored`);
    this.#stack.push(value);
  }

  #append(items: readonly PickleValue[]): void {
    const list = this.#top();
    if (list instanceof InertObject) return;
    if (!Array.isArray(list)) throw this.#bad(`items appended to ${describe(list)}`);
    for (const item of items) list.push(item);
  }

  /** Keys and values by turns into `dict`, or into what is on the stack. */
  #setItems(dict: PickleDict | undefined, items: readonly PickleValue[]): PickleDict | undefined {
    const target = dict ?? this.#top();
    if (target instanceof InertObject) return undefined;
    if (!(target instanceof Map) || items.length % 2 !== 0)
      throw this.#bad(`${items.length} keys and values for ${describe(target)}`);
    for (let i = 0; i < items.length; i += 2) target.set(items[i] ?? null, items[i + 1] ?? null);
    return target;
  }

  /** The values since the last mark. */
  #group(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined || mark > this.#stack.length) throw this.#bad("the end of a group that never began");
    return this.#stack.splice(mark);
  }

  #take(count: number): PickleValue[] {
    this.#require(count);
    return this.#stack.splice(this.#stack.length - count);
  }

  #pop(): PickleValue {
    this.#require(1);
    return this.#stack.pop() ?? null;
  }

  #top(): PickleValue {
    this.#require(1);
    return this.#stack.at(-1) ?? null;
  }

  /** A value below a mark belongs to what is outside of its group. */
  #require(count: number): void {
    if (this.#stack.length - (this.#marks.at(-1) ?? 0) < count) throw this.#bad("an instruction without its values");
  }

  #bad(
    got: string,
    expected = "dicts, lists and tensors as torch.save writes them; nothing in the file was executed",
  ): Error {
    return badWeights(this.#file, "The file holds something that this reader does not take.", {
      expected,
      got: `${got} at byte ${this.#cursor.position} of data.pkl`,
      fix: "If you trust the file, load it in PyTorch and save only its tensors: torch.save(model.state_dict(), path), or safetensors.",
    });
  }
}
