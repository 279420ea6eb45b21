import { defineConfig } from "vite"
import { withDesignTokens } from "../with-design-tokens.js"

/** The page of `sourceprint ui`: like the server's pages, everything is a file of its own origin and nothing is inline.
 *  Paths are relative to the project's root, where `npm run build` stands. */
export default defineConfig({
  root: "src/serve/web/workbench",
  base: "/",
  publicDir: "../public",
  plugins: [withDesignTokens],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../../dist/workbench-page",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { bundlerTimings: false } }, // slow on a busy computer is nothing to warn of
  },
})
