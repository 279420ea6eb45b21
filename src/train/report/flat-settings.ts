/** A nested configuration as one level of "a.b.c" keys. Lists of plain values become one text; lists of objects are
 *  numbered. Absent values stay absent. */
export function flatSettings(value: unknown, prefix = ""): Record<string, string | number | boolean> {
  if (value === undefined || value === null) return {}
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") return { [prefix]: value }
  if (Array.isArray(value) && value.every((item) => typeof item !== "object"))
    return { [prefix]: value.length === 0 ? "none" : value.join(", ") }
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const name = Array.isArray(value) ? `${prefix}[${key}]` : prefix === "" ? key : `${prefix}.${key}`
      return Object.entries(flatSettings(inner, name))
    }),
  )
}
