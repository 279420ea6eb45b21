/** The parts of JSON Schema that the schema of an experiment uses. */
export interface JsonSchema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema | false
  readonly prefixItems?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minItems?: number
  readonly allOf?: readonly {
    readonly if: JsonSchema
    readonly then: JsonSchema
  }[]
}

export type Members = Readonly<Record<string, unknown>>
export const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const branchesOf = (schema: JsonSchema): readonly JsonSchema[] => schema.anyOf ?? schema.oneOf ?? [schema]

/** How well a value fits a branch: fixed members that agree, then members that the branch knows. */
function fit(branch: JsonSchema, value: unknown): number {
  if (branch.const !== undefined) return branch.const === value ? 3 : -1
  if (branch.type === "array") return Array.isArray(value) ? 2 : -1
  if (branch.type !== "object") return isMembers(value) || Array.isArray(value) ? -1 : 1
  if (!isMembers(value)) return -1
  const properties = branch.properties ?? {}
  const fixed = Object.entries(properties).filter(([, { const: only }]) => only !== undefined)
  if (fixed.some(([key, { const: only }]) => value[key] !== only)) return 0
  const required = (branch.required ?? []).filter((key) => key in value).length
  return 1 + required + Object.keys(value).filter((key) => key in properties).length
}

/** The alternative that a value is meant as. */
export function branchOf(schema: JsonSchema, value: unknown): number {
  const fits = branchesOf(schema).map((branch) => fit(branch, value))
  return Math.max(0, fits.indexOf(Math.max(...fits)))
}

/** A value to begin with: the default, else the least that is required. */
export function starterOf(schema: JsonSchema): unknown {
  if (schema.default !== undefined) return schema.default
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  const [first] = branchesOf(schema)
  if (first !== undefined && first !== schema) return starterOf(first)
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        (schema.required ?? []).flatMap((key) => {
          const member = schema.properties?.[key]
          return member === undefined ? [] : [[key, starterOf(member)]]
        }),
      )
    case "array":
      if (schema.prefixItems !== undefined) return schema.prefixItems.map(starterOf)
      return Array.from({ length: schema.minItems ?? 0 }, () => (schema.items ? starterOf(schema.items) : ""))
    case "boolean":
      return true
    case "integer":
    case "number":
      return schema.minimum === undefined || schema.minimum < -1e6 ? 1 : schema.minimum
    default:
      return ""
  }
}

/** What an alternative is called: its fixed member, its fixed value, or what it is made of. */
export function branchName(branch: JsonSchema): string {
  if (branch.const !== undefined) return String(branch.const)
  const fixed = Object.values(branch.properties ?? {}).find((member) => member.const !== undefined)
  if (fixed !== undefined) return String(fixed.const)
  if (branch.type === "object")
    return `by ${(branch.required ?? Object.keys(branch.properties ?? {})).at(-1) ?? "keys"}`
  if (branch.oneOf !== undefined || branch.anyOf !== undefined) return "one"
  return branch.type === "array" ? "a list" : (branch.type ?? "a value")
}

/** The schema of a member, with what follows from other members: the settings of a model from its id. */
export function memberSchema(schema: JsonSchema, key: string, value: Members): JsonSchema {
  const own = schema.properties?.[key] ?? {}
  const rule = schema.allOf?.find(({ if: condition }) =>
    Object.entries(condition.properties ?? {}).every(([name, { const: only }]) => value[name] === only),
  )
  return rule?.then.properties?.[key] ?? own
}

const isPlain = ({ type }: JsonSchema): boolean => type === "string" || type === "number" || type === "integer"

/** A list that fits in one field: of plain values, or of anything that has no schema. */
export const isPlainList = ({ type, items, prefixItems }: JsonSchema): boolean =>
  type === "array" && prefixItems === undefined && !!items && (isPlain(items) || Object.keys(items).length === 0)

/** A number, true or false where the text is one, else the text. */
export function scalarOf(text: string): unknown {
  const trimmed = text.trim()
  if (trimmed === "true" || trimmed === "false") return trimmed === "true"
  return trimmed !== "" && Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed
}

/** The limits of a number and the default in words. */
export function limitWords(schema: JsonSchema): string {
  const bounds = [
    bound("from", schema.minimum),
    bound("above", schema.exclusiveMinimum),
    bound("up to", schema.maximum),
    bound("below", schema.exclusiveMaximum),
  ].filter((part) => part !== "")
  const usual = isMembers(schema.default) || Array.isArray(schema.default) ? undefined : schema.default
  return [bounds.join(" "), usual === undefined ? "" : `default ${String(usual)}`]
    .filter((part) => part !== "")
    .join("; ")
}

const bound = (word: string, limit: number | undefined): string =>
  limit === undefined || Math.abs(limit) > 1e12 ? "" : `${word} ${limit}`
