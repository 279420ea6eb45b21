import { defineConfig, type Plugin } from "vite"

/** What must never reach a page: Node's modules, and zod, which evaluates code that it writes (the policy forbids it). */
const forbidden: Plugin = {
  name: "forbidden-in-pages",
  enforce: "pre",
  resolveId(id, importer) {
    if (id.startsWith("node:") || id === "zod") throw new Error(`${importer} brings ${id} into the pages`)
  },
}

/** @hpke/common asks Node for its crypto where there is no Web Crypto; a page always has it. */
const NO_NODE_CRYPTO = "\0no-node-crypto"
const noNodeCrypto: Plugin = {
  name: "no-node-crypto",
  enforce: "pre",
  resolveId: (id) => (id === "crypto" ? NO_NODE_CRYPTO : undefined),
  load: (id) => (id === NO_NODE_CRYPTO ? "export const webcrypto = globalThis.crypto" : undefined),
}

/** Everything is a file of our own origin: nothing inline, so that the policy needs no exception. Paths are relative to
 *  the project's root, where `npm run build` stands. */
export default defineConfig({
  root: "src/serve/web",
  base: "/",
  publicDir: "public",
  plugins: [forbidden, noNodeCrypto],
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
    rolldownOptions: { checks: { bundlerTimings: false } }, // slow on a busy computer is nothing to warn of
  },
  worker: { format: "es", plugins: () => [forbidden, noNodeCrypto] },
})
