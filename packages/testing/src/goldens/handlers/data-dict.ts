/** `data_dict`: the block receives a map that holds exactly the inputs. */
import { addMaskCounts, dictOf, lookUp, type InputFields } from "../case-dict.ts";
import type { Handler } from "../handler.ts";
import { buildTarget, runModule } from "../module-case.ts";

export const dataDict: Handler = {
  builds: ({ target, options }) => [target, options],
  run(golden, surroundings) {
    const built = buildTarget(golden, surroundings, "block");
    return runModule(golden, surroundings, built, (inputs, context) => {
      const fields = golden.fields as InputFields;
      const dict = built.product.forward(addMaskCounts(dictOf(fields, inputs), fields, golden.tensors), context);
      return (name) => lookUp(dict, name);
    });
  },
};
