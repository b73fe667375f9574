/** Size of each package's JavaScript, compressed. Generous: a limit is there to notice a bundle that slipped in. */
import { readdirSync } from "node:fs";

/** Packages that carry a table, generated code, or very many registered things. */
const LIMITS = {
  data: "120 kB",
  pjrt: "90 kB",
  "tfjs-kernels": "120 kB",
  "tfjs-backend-xla": "120 kB",
  train: "120 kB",
};

export default readdirSync(new URL("packages", import.meta.url)).map((name) => ({
  name,
  path: `packages/${name}/dist/**/*.js`,
  limit: LIMITS[name] ?? "60 kB",
}));
