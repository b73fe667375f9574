/** Select: condition ? t : e. A condition of rank 1 chooses whole rows. */
import { broadcastInDim, convert, select as lower } from "@l3m/stablehlo";
import { broadcastTo, unify } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";

export const select = lowering<"condition" | "t" | "e">("Select", ({ condition, t, e }) => {
  const [onTrue, onFalse] = unify(t.value, e.value);
  const { shape } = onTrue.type;
  const test = convert(condition.value, "i1");
  const rows = test.type.shape.length === 1 && shape.length > 1;
  const predicate = rows ? broadcastInDim(test, shape, [0]) : broadcastTo(test, shape);
  return { value: lower(predicate, onTrue, broadcastTo(onFalse, shape)), dtype: t.dtype };
});
