import { designTokens } from "@sourceprint/core/design-tokens.js"
import type { Plugin } from "vite"

/** Puts the design tokens before the pages' own style. */
export const withDesignTokens: Plugin = {
  name: "with-design-tokens",
  enforce: "pre",
  transform: (css, id) => (/\/src\/serve\/web\/style\.css$/.test(id) ? designTokens() + css : undefined),
}
