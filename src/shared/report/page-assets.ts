import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { AppError, messageOf } from "../errors.js"
import type { PagePart } from "./render-context.js"

/** A script that a page carries inline, with the hash that its content security policy allows. */
export interface PageScript {
  readonly text: string
  readonly isModule: boolean
  /** "sha256-…" */
  readonly hash: string
}

/** Scripts for the parts that a page uses. Plotly only where there is a chart. */
export function pageScripts(parts: ReadonlySet<PagePart>): readonly PageScript[] {
  const scripts = [ownScript("reading")]
  if (parts.has("tables")) scripts.push(ownScript("tables"))
  if (parts.has("galleries")) scripts.push(ownScript("galleries"))
  if (parts.has("data")) scripts.push(ownScript("saving"))
  if (parts.has("charts")) scripts.push(plotlyScript(), ownScript("charts"))
  return scripts
}

const loaded = new Map<string, PageScript>()

/** One of the files in `page`, as compiled; each is a module without imports.
 *  @throws AppError "report/asset" where the build lacks it */
export function ownScript(name: string): PageScript {
  return load(name, true, () => {
    const text = readFileSync(new URL(`./page/${name}.js`, import.meta.url), "utf8")
    if (/^\s*import\b/m.test(text)) throw new TypeError(`page/${name} imports something`)
    return text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n")
  })
}

const plotlyScript = (): PageScript =>
  load("plotly.js-cartesian-dist-min", false, () =>
    readFileSync(createRequire(import.meta.url).resolve("plotly.js-cartesian-dist-min"), "utf8"),
  )

function load(name: string, isModule: boolean, read: () => string): PageScript {
  const known = loaded.get(name)
  if (known !== undefined) return known
  let text: string
  try {
    text = read().replaceAll("</script", "<\\/script")
  } catch (cause) {
    throw new AppError("report/asset", `cannot load ${name} (${messageOf(cause)}); run npm ci`, { cause })
  }
  const script = { text, isModule, hash: `sha256-${createHash("sha256").update(text).digest("base64")}` }
  loaded.set(name, script)
  return script
}
