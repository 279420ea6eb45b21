import { defineConfig, type Plugin } from "vite"

/** What must never reach a page: Node's modules, and zod, which evaluates code that it writes (the policy forbids it). */
const forbidden: Plugin = {
  name: "forbidden-in-pages",
  enforce: "pre",
  resolveId(id, importer) {
    if (id.startsWith("node:") || id === "zod") throw new Error(`${importer} brings ${id} into the pages`)
  },
}

/** Everything is a file of our own origin: nothing inline, so that the policy needs no exception. Paths are relative to
 *  the project's root, where `npm run build` stands. */
export default defineConfig({
  root: "src/serve/web",
  base: "/",
  publicDir: "public",
  plugins: [forbidden],
  resolve: {
    alias: {
      // face-api asks for all of tfjs; the operations and the WebAssembly kernels are what it uses here.
      "@tensorflow/tfjs/dist/index.js": "@tensorflow/tfjs-core",
      "@tensorflow/tfjs-backend-webgl/dist/index.js": "@tensorflow/tfjs-backend-wasm",
      "@tensorflow/tfjs-backend-wasm/dist/index.js": "@tensorflow/tfjs-backend-wasm",
    },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../../../dist/web",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
  },
  worker: { format: "es", plugins: () => [forbidden] },
})
