import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const packageRoot = fileURLToPath(new URL("../..", import.meta.url));
const runtimeFiles = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));

/** Vite, the server of this example. */
// oxlint-disable-next-line import/no-default-export -- Vite asks for it
export default {
  // its own place tells ONNX Runtime where its WebAssembly files are
  optimizeDeps: { exclude: ["onnxruntime-web"], entries: ["index.html", "worker.js"] },
  server: { fs: { allow: [packageRoot, runtimeFiles] } },
  worker: { format: "es" },
  build: { target: "es2023", chunkSizeWarningLimit: 2000 },
};
