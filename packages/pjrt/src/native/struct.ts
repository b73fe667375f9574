/** One struct of the PJRT C API in memory that JavaScript owns, with the fields that the generated layout names. */
import { STRUCTS } from "../generated/pjrt-c-api.ts";
import { addressOf } from "./system.ts";

export type StructName = keyof typeof STRUCTS;
export type FieldName<N extends StructName> = keyof (typeof STRUCTS)[N]["offsets"] & string;

/**
 * Zeroed, with `struct_size` filled in. Plugins accept a struct that is larger than the one they know, so the newest layout
 * serves all of them. Memory that a field points to stays alive as long as the struct (or until {@link NativeStruct.point} sets
 * the field again).
 */
export class NativeStruct<N extends StructName> {
  readonly address: bigint;
  private readonly view: DataView;
  private readonly offsets: { readonly [field: string]: number };
  private readonly targets = new Map<string, unknown>();
  private calls = 0;

  constructor(name: N) {
    const { size, offsets } = STRUCTS[name];
    const bytes = new Uint8Array(Math.ceil(size / 8) * 8);
    this.view = new DataView(bytes.buffer);
    this.address = addressOf(bytes);
    this.offsets = offsets;
    this.view.setBigUint64(0, BigInt(size), true);
  }

  /** Writes a pointer or a 64-bit integer. */
  set(field: FieldName<N>, value: bigint): this {
    this.view.setBigUint64(this.offset(field), BigInt.asUintN(64, value), true);
    return this;
  }

  /** Writes an int or an enum. */
  setInt(field: FieldName<N>, value: number): this {
    this.view.setInt32(this.offset(field), value, true);
    return this;
  }

  setFloat(field: FieldName<N>, value: number): this {
    this.view.setFloat32(this.offset(field), value, true);
    return this;
  }

  setBool(field: FieldName<N>, value: boolean): this {
    this.view.setUint8(this.offset(field), value ? 1 : 0);
    return this;
  }

  /** Makes a field point to another struct, an array or text, and keeps that alive. `undefined` is the null pointer. */
  point(field: FieldName<N>, target: ArrayBufferView | NativeStruct<StructName> | undefined): this {
    this.targets.set(field, target);
    return this.set(
      field,
      target === undefined ? 0n : target instanceof NativeStruct ? target.address : addressOf(target),
    );
  }

  /** Copies another struct into the place of a field, as it is now. */
  embed<M extends StructName>(field: FieldName<N>, inner: NativeStruct<M>): this {
    this.targets.set(field, inner);
    new Uint8Array(this.view.buffer).set(new Uint8Array(inner.view.buffer), this.offset(field));
    return this;
  }

  /** Keeps something alive that the struct points to indirectly. */
  keep(target: unknown): this {
    this.targets.set("", target);
    return this;
  }

  /** To be called after each native call: a use of the struct that the optimiser cannot move before the call, so that it is not collected during it. */
  touch(): void {
    this.calls++;
  }

  /** Reads a pointer or a size. */
  get(field: FieldName<N>): bigint {
    return this.view.getBigUint64(this.offset(field), true);
  }

  /** Reads a 64-bit integer that fits in a double: sizes, counts and lengths. */
  getNumber(field: FieldName<N>): number {
    return Number(this.view.getBigInt64(this.offset(field), true));
  }

  getInt(field: FieldName<N>): number {
    return this.view.getInt32(this.offset(field), true);
  }

  getBool(field: FieldName<N>): boolean {
    return this.view.getUint8(this.offset(field)) !== 0;
  }

  private offset(field: string): number {
    return this.offsets[field] ?? 0;
  }
}
