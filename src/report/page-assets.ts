import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
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

/** One of the files in `page`, as compiled, with what it imports put in front of it.
 *  @throws AppError "report/asset" where the build lacks it */
export const ownScript = (name: string): PageScript =>
  load(name, true, () => linked(new URL(`./page/${name}.js`, import.meta.url), new Set()))

const plotlyScript = (): PageScript =>
  load("plotly.js-cartesian-dist-min", false, () =>
    readFileSync(createRequire(import.meta.url).resolve("plotly.js-cartesian-dist-min"), "utf8"),
  )

/** A module and its relative imports as one text in one scope: an inline module cannot import from a file. Top-level
 *  names must differ between the files that meet in a page. */
function linked(file: URL, seen: Set<string>): string {
  if (seen.has(file.href)) return ""
  seen.add(file.href)
  return readFileSync(file, "utf8")
    .replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n")
    .replace(/^export (\{\};?$)?/gm, "")
    .replace(/^import [^"]*"(\.[^"]+)";?$/gm, (_, path: string) => linked(new URL(path, file), seen))
}

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
