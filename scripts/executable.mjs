// Makes the built command executable, so that `npx kindred` runs it in the clone as it does in an installed package.
import { chmodSync } from "node:fs";

chmodSync(new URL("../dist/cli/main.js", import.meta.url), 0o755);
