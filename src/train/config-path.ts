import { AppError } from "@sourceprint/core/errors.js"

/** A place in a configuration: keys and indexes from the top. */
export type ConfigPath = readonly (string | number)[]

/** "models[1].settings.filters" from its parts. */
export const formatPath = (path: ConfigPath): string =>
  path.map((part, i) => (typeof part === "number" ? `[${part}]` : i === 0 ? part : `.${part}`)).join("")

type Plain = Record<string, unknown>
const isPlain = (value: unknown): value is Plain => typeof value === "object" && value !== null && !Array.isArray(value)

/** The index that `part` means in a list: a number, or the `label` or `id` of a member ("models.small-cnn"). */
function indexIn(list: readonly unknown[], part: string, path: string): number {
  const named = list.findIndex((item) => isPlain(item) && (item.label ?? item.id) === part)
  const index = /^\d+$/.test(part) ? Number(part) : named
  if (index < 0 || index >= list.length) {
    const names = list.map((item, i) => (isPlain(item) ? String(item.label ?? item.id ?? i) : String(i)))
    throw new AppError("config/path", `${path}: ${part} is not in the list; it has ${names.join(", ")}`)
  }
  return index
}

/** A copy of `root` with `value` at `path`, written "models[1].settings.filters", "models.1.settings.filters" or
 *  "models.small-cnn.settings.filters". Missing keys on the way are made; whether they may exist is the schema's
 *  business. @throws AppError "config/path" for an empty path, a missing list member or a path through a plain value */
export function withValueAt(root: unknown, path: string, value: unknown): unknown {
  const parts = path.replaceAll(/\[(\d+)\]/g, ".$1").split(".")
  if (parts.some((part) => part === "" || part === "__proto__")) {
    throw new AppError("config/path", `"${path}" is not a path; write it like training.batchSize`)
  }
  const put = (at: unknown, depth: number): unknown => {
    const part = parts[depth]
    if (part === undefined) return value
    if (Array.isArray(at)) {
      const index = indexIn(at, part, path)
      return at.with(index, put(at[index], depth + 1))
    }
    if (at !== undefined && at !== null && !isPlain(at)) {
      throw new AppError("config/path", `${path}: there is nothing below ${parts.slice(0, depth).join(".")}`)
    }
    return { ...(at ?? {}), [part]: put(at?.[part], depth + 1) }
  }
  return put(root, 0)
}

/** The keys of `path` with list members as indexes of `root`, to find its line in the file. */
export function resolvedPath(root: unknown, path: string): ConfigPath {
  const resolved: (string | number)[] = []
  let at = root
  for (const part of path.replaceAll(/\[(\d+)\]/g, ".$1").split(".")) {
    const key = Array.isArray(at) ? indexIn(at, part, path) : part
    resolved.push(key)
    at = (at as Plain | undefined)?.[key]
  }
  return resolved
}
