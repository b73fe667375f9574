import { describe, expect, it } from "vitest";
import { parseHeader, printBindings } from "../scripts/generate-bindings.mjs";
import { API_VERSION, FUNCTIONS, STRUCTS } from "../src/generated/pjrt-c-api.ts";

describe("generated layouts", () => {
  it("have the sizes that a C compiler gives for API 0.112 and newer", () => {
    const sizes = (names: readonly (keyof typeof STRUCTS)[]): number[] => names.map((name) => STRUCTS[name].size);
    expect(API_VERSION).toEqual({ major: 0, minor: 114 });
    expect(40 + FUNCTIONS.length * 8).toBe(1144);
    expect(sizes(["PJRT_NamedValue", "PJRT_Client_Create_Args", "PJRT_Program", "PJRT_Client_Compile_Args"])).toEqual([
      56, 88, 48, 56,
    ]);
    expect(
      sizes(["PJRT_LoadedExecutable_Execute_Args", "PJRT_ExecuteOptions", "PJRT_Client_BufferFromHostBuffer_Args"]),
    ).toEqual([80, 144, 120]);
    expect(sizes(["PJRT_Buffer_ToHostBuffer_Args", "PJRT_Event_OnReady_Args", "PJRT_Buffer_MemoryLayout"])).toEqual([
      56, 40, 76,
    ]);
    expect(
      sizes([
        "PJRT_Executable_GetCompiledMemoryStats_Args",
        "PJRT_Executable_DeserializeAndLoad_Args",
        "PJRT_Device_MemoryStats_Args",
      ]),
    ).toEqual([144, 72, 201]);
  });

  it("have the offsets of the key-value callbacks and client options", () => {
    expect(STRUCTS.PJRT_NamedValue.offsets).toMatchObject({
      name: 16,
      name_size: 24,
      type: 32,
      int64_value: 40,
      float_value: 40,
      value_size: 48,
    });
    expect(STRUCTS.PJRT_KeyValueGetCallback_Args.offsets).toEqual({
      key: 16,
      key_size: 24,
      timeout_in_ms: 32,
      callback_error: 40,
      user_arg: 48,
      value: 56,
      value_size: 64,
      value_deleter_callback: 72,
    });
  });
});

describe("the header parser", () => {
  const header = `
#define PJRT_API_MAJOR 0
#define PJRT_API_MINOR 7 // comment; with a semicolon
#define PJRT_DEFINE_STRUCT_TRAITS(sname, last_field) \\
  enum { sname##_SIZE = 1 };
typedef enum { PJRT_Kind_A, PJRT_Kind_B = 5, PJRT_Kind_C } PJRT_Kind;
typedef void (*PJRT_Callback)(void* arg);
struct PJRT_Inner { size_t struct_size; bool flag; };
PJRT_DEFINE_STRUCT_TRAITS(PJRT_Inner, flag);
struct PJRT_Outer {
  size_t struct_size;
  PJRT_Kind kind;
  int count;   /* two ints share eight bytes */
  PJRT_Callback callback;
  void (*inline_callback)(int a, int b);
  union { float f; PJRT_Inner inner; };
  const char* const* names;
  bool last;
};
PJRT_DEFINE_STRUCT_TRAITS(PJRT_Outer, last);
typedef struct PJRT_Api { size_t struct_size; _PJRT_API_STRUCT_FIELD(PJRT_One); _PJRT_API_STRUCT_FIELD(
  PJRT_Two); } PJRT_Api;`;

  it("lays out enums, callbacks, unions and trailing bools as C does", () => {
    const api = parseHeader(header);
    expect(api.minor).toBe(7);
    expect(api.functions).toEqual(["PJRT_One", "PJRT_Two"]);
    expect([...(api.enums.get("PJRT_Kind") ?? [])]).toEqual([
      ["PJRT_Kind_A", 0],
      ["PJRT_Kind_B", 5],
      ["PJRT_Kind_C", 6],
    ]);
    expect(api.structs.get("PJRT_Inner")?.size).toBe(9);
    const outer = api.structs.get("PJRT_Outer");
    expect(Object.fromEntries(outer?.fields ?? [])).toEqual({
      struct_size: 0,
      kind: 8,
      count: 12,
      callback: 16,
      inline_callback: 24,
      f: 32,
      inner: 32,
      names: 48,
      last: 56,
    });
    expect(outer?.size).toBe(57);
    expect(printBindings(api)).toContain("PJRT_Outer: { size: 57");
  });

  it("refuses a struct whose last field is not the one that the header names", () => {
    expect(() => parseHeader(header.replace("(PJRT_Inner, flag)", "(PJRT_Inner, other)"))).toThrow("PJRT_Inner");
  });
});
