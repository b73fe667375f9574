/** The memory of one PJRT_LoadedExecutable_Execute call, kept and reused, because a training step makes the same call each time. */
import { invariant } from "@l3m/errors";
import { NativeStruct } from "./native/struct.ts";
import { addressOf } from "./native/system.ts";

export class ExecuteCall {
  readonly args: NativeStruct<"PJRT_LoadedExecutable_Execute_Args">;
  readonly numArguments: number;
  private readonly argumentLists: readonly BigUint64Array[];
  private readonly outputLists: readonly BigUint64Array[];

  /** Arrays of pointers for `numDevices` lists of arguments and of outputs. */
  constructor(executable: bigint, numDevices: number, numArguments: number, numOutputs: number) {
    this.numArguments = numArguments;
    this.argumentLists = Array.from({ length: numDevices }, () => pointers(numArguments));
    this.outputLists = Array.from({ length: numDevices }, () => pointers(numOutputs));
    this.args = new NativeStruct("PJRT_LoadedExecutable_Execute_Args")
      .set("executable", executable)
      .point("options", new NativeStruct("PJRT_ExecuteOptions"))
      .point("argument_lists", BigUint64Array.from(this.argumentLists, addressOf))
      .set("num_devices", BigInt(numDevices))
      .set("num_args", BigInt(numArguments))
      .point("output_lists", BigUint64Array.from(this.outputLists, addressOf));
  }

  /** The slots for the buffers that device number `device` reads. */
  arguments(device: number): BigUint64Array {
    return slots(this.argumentLists, device);
  }

  /** The slots that the call fills with the buffers of device number `device`. */
  outputs(device: number): BigUint64Array {
    return slots(this.outputLists, device);
  }
}

/** Room for at least one pointer: some platforms look at the list even when it is empty. */
function pointers(count: number): BigUint64Array {
  return new BigUint64Array(new ArrayBuffer(Math.max(1, count) * 8), 0, count);
}

function slots(lists: readonly BigUint64Array[], device: number): BigUint64Array {
  const list = lists[device];
  invariant(list !== undefined, "no such device in this call");
  return list;
}
