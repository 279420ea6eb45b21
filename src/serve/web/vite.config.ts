import { build, defineConfig, type Plugin } from "vite"
import { withDesignTokens } from "./with-design-tokens.js"

/** What must never reach a page: Node's modules, and zod, which evaluates code that it writes (the policy forbids
 *  it). */
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

/** Of no use without the server: what looks at faces, and its weights. */
const needsServer = /^assets\/(?:face-worker|tfjs-)|\.bin$/

async function sha256(content: string | Uint8Array): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content.slice()
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

/** Builds the service worker last, as one script of its own that knows the files of its version: the path that the
 *  server gives each under, and its SHA-256. */
const offlineWorker: Plugin = {
  name: "offline-worker",
  async writeBundle({ dir }, files) {
    const found: Record<string, string> = {}
    for (const file of Object.values(files)) {
      if (needsServer.test(file.fileName)) continue
      const path = file.fileName === "index.html" ? "/" : `/${file.fileName}`
      found[path] = await sha256(file.type === "chunk" ? file.code : file.source)
    }
    const kept = JSON.stringify(found)
    await build({
      configFile: false,
      logLevel: "warn",
      publicDir: false,
      define: { KEPT_FILES: kept, KEPT_VERSION: JSON.stringify((await sha256(kept)).slice(0, 16)) },
      build: {
        ...(dir !== undefined && { outDir: dir }),
        emptyOutDir: false,
        target: "es2022",
        rollupOptions: {
          input: "src/serve/web/offline/offline-worker.ts",
          output: { format: "iife", entryFileNames: "offline.js" },
        },
      },
    })
  },
}

/** Everything is a file of our own origin: nothing inline, so that the policy needs no exception. Paths are relative to
 *  the project's root, where `npm run build` stands. */
export default defineConfig({
  root: "src/serve/web",
  base: "/",
  publicDir: "public",
  plugins: [withDesignTokens, forbidden, noNodeCrypto, offlineWorker],
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
    outDir: "../dist/pages",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { checks: { bundlerTimings: false } }, // slow on a busy computer is nothing to warn of
  },
  worker: { format: "es", plugins: () => [forbidden, noNodeCrypto] },
})
