import { AppError } from "../../errors.js"
import type { Sample } from "../sample.js"

/** What a file's place and name say about it; `dpi` where the layout knows the scanner. */
export type Labels = Pick<
  Sample,
  "scanner" | "scannerModel" | "subject" | "finger" | "impression" | "session" | "collection"
> & { readonly dpi?: number }

/** Reads labels from a path below the imported folder ('/' between parts); undefined: not an image of this layout. */
export type Layout = (path: string) => Labels | undefined

const named = ["scanner", "model", "subject", "finger", "impression", "session", "collection"] as const

/** A layout from a pattern such as `{scanner}/{subject}_{finger}_{impression}.bmp`. A named part takes anything but
 *  '/'; `*` takes anything but '/' and is forgotten. `{scanner}` is required; the file's ending may be left out.
 *  @throws AppError "import/pattern" naming what is wrong */
export function patternLayout(pattern: string): Layout {
  const seen = new Set<string>()
  const body = pattern.replace(/\{(\w+)\}|\*|[^{*]+|\{/g, (part, name: string | undefined) => {
    if (part === "*") return "[^/]*"
    if (name === undefined) {
      if (part === "{") throw new AppError("import/pattern", `"${pattern}" has a { without its }`)
      return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    }
    if (!(named as readonly string[]).includes(name)) {
      throw new AppError("import/pattern", `{${name}} is not a part; use ${named.map((n) => `{${n}}`).join(" ")}`)
    }
    if (seen.has(name)) throw new AppError("import/pattern", `{${name}} stands twice in "${pattern}"`)
    seen.add(name)
    return name === "impression" ? `(?<${name}>[0-9]+)` : `(?<${name}>[^/]+?)`
  })
  if (!seen.has("scanner"))
    throw new AppError("import/pattern", `"${pattern}" needs {scanner}: it is the class to learn`)
  const ending = /\.\w+$/.test(pattern) ? "" : "\\.\\w+"
  const regex = new RegExp(`^(?:.*/)?${body}${ending}$`, "i")
  return (path) => {
    const groups = regex.exec(path)?.groups
    if (groups === undefined) return undefined
    return {
      scanner: groups.scanner ?? "",
      scannerModel: groups.model ?? "",
      subject: groups.subject ?? "",
      finger: groups.finger ?? (groups.subject === undefined ? "" : "1"),
      impression: Number(groups.impression ?? 0),
      session: groups.session ?? "",
      collection: groups.collection ?? "main",
    }
  }
}
