import type { ModelEntry } from "@sourceprint/train/zoo/model-entry.js"
import { zooEntries } from "@sourceprint/train/zoo/registry.js"
import { stringify } from "yaml"
import { z } from "zod"
import { type ConfigKind, configKinds, configSchema, type JsonSchema } from "./config-schemas.js"

/** One key of a file, as the reference lists it. */
export interface KeyRow {
  /** `view.region.sidePx`; `[]` stands for a member of a list, `*` for a name of one's own. */
  readonly path: string
  /** The alternative that it belongs to, such as "kind: common-window". */
  readonly where: string
  readonly range: string
  /** "required", or the value that stands where the key is left out; empty: absent. */
  readonly fallback: string
  readonly example: unknown
  readonly schema: JsonSchema
}

const json = (value: unknown): string => JSON.stringify(value)

/** What a value may be, in words. */
export function rangeOf(schema: JsonSchema): string {
  const several = schema.anyOf ?? schema.oneOf
  if (several !== undefined) return [...new Set(several.map(rangeOf))].join("; or ")
  if (schema.const !== undefined) return json(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(json).join(", ")
  switch (schema.type) {
    case "integer":
      return `whole number${numbersOf(schema)}`
    case "number":
      return `number${numbersOf(schema)}`
    case "string":
      return typeof schema.pattern === "string" ? `text, ${schema.pattern}` : "text"
    case "boolean":
      return "true, false"
    case "array":
      return `list${lengthOf(schema)} of ${membersOf(schema)}`
    case "object":
      return "keys below"
    default:
      return "anything"
  }
}

const membersOf = ({ items, prefixItems = [] }: JsonSchema): string =>
  items ? rangeOf(items) : `[${prefixItems.map(rangeOf).join(", ")}]`

function numbersOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const low = exclusiveMinimum === undefined ? minimum : `above ${exclusiveMinimum}`
  const high = exclusiveMaximum === undefined ? maximum : `below ${exclusiveMaximum}`
  const isBound = (end: unknown): boolean => end !== undefined && Math.abs(Number(end)) !== Number.MAX_SAFE_INTEGER
  const ends = [
    ...(isBound(low) ? [typeof low === "string" ? low : `from ${low}`] : []),
    ...(isBound(high) ? [typeof high === "string" ? high : `to ${high}`] : []),
  ]
  return ends.length === 0 ? "" : ` ${ends.join(" ")}`
}

const lengthOf = ({ minItems, maxItems }: JsonSchema): string =>
  minItems !== undefined && minItems === maxItems
    ? ` (${minItems})`
    : minItems === undefined
      ? ""
      : ` (${minItems} or more${maxItems === undefined ? "" : `, at most ${maxItems}`})`

/** A value that the schema accepts: the one of the example file, else the default, else the simplest. */
function exampleOf(schema: JsonSchema, written: unknown): unknown {
  if (written !== undefined) return written
  if (schema.default !== undefined) return schema.default
  const [first] = schema.anyOf ?? schema.oneOf ?? []
  if (first !== undefined) return exampleOf(first, undefined)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  switch (schema.type) {
    case "integer":
    case "number":
      return Math.max(
        Number(schema.minimum ?? 0),
        Number(schema.exclusiveMinimum ?? -1) + (schema.type === "integer" ? 1 : 0.5),
        0,
      )
    case "boolean":
      return true
    case "array":
      return listExample(schema)
    case "object":
      return objectExample(schema)
    default:
      return "text"
  }
}

const listExample = ({ items, prefixItems, minItems }: JsonSchema): unknown[] =>
  items
    ? Array.from({ length: Number(minItems ?? 1) }, () => exampleOf(items, undefined))
    : (prefixItems ?? []).map((item) => exampleOf(item, undefined))

const objectExample = ({ properties = {}, required = [] }: JsonSchema): unknown =>
  Object.fromEntries(required.map((key) => [key, exampleOf(properties[key] ?? {}, undefined)]))

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined

/** Every key below a schema, in its order; the same key of several alternatives once for each.
 *  @param written the example file's value at `base`
 *  @param further examples by path that go before those of the file */
export function keyRows(
  schema: JsonSchema,
  written: unknown,
  further: Readonly<Record<string, unknown>> = {},
  base = "",
  where = "",
): KeyRow[] {
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives !== undefined) {
    return alternatives.flatMap((one) => {
      const fits = z.fromJSONSchema(one as Parameters<typeof z.fromJSONSchema>[0]).safeParse(written).success
      const place = [where, alternativeName(one, alternatives)].filter(Boolean).join(", ")
      return keyRows(one, fits ? written : undefined, further, base, place)
    })
  }
  if (schema.type === "array" && schema.items) {
    return keyRows(schema.items, Array.isArray(written) ? written[0] : undefined, further, `${base}[]`, where)
  }
  if (typeof schema.additionalProperties === "object") {
    const [member] = Object.values((written ?? {}) as object)
    return keyRows(schema.additionalProperties, member, further, `${base}.*`, where)
  }
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const path = base === "" ? key : `${base}.${key}`
    const isRequired = schema.required?.includes(key) === true
    const fallback = isRequired ? "required" : property.default === undefined ? "" : json(property.default)
    const own = further[path] ?? memberOf(written, key)
    const row = { path, where, range: rangeOf(property), fallback, example: exampleOf(property, own), schema: property }
    return [row, ...keyRows(property, own, further, path, where)]
  })
}

/** What tells one alternative from the others: its fixed values, or the keys that only it has. */
function alternativeName(one: JsonSchema, all: readonly JsonSchema[]): string {
  const fixed = Object.entries(one.properties ?? {}).flatMap(([key, { const: value }]) =>
    value === undefined ? [] : [`${key}: ${value}`],
  )
  if (fixed.length > 0) return fixed.join(", ")
  const others = all.filter((other) => other !== one)
  const own = Object.keys(one.properties ?? {}).filter((key) => others.every(({ properties }) => !properties?.[key]))
  return own.length === 0 ? "" : `with ${own.join(", ")}`
}

const code = (text: string): string => (text === "" ? "" : `\`${text.replaceAll("|", "\\|")}\``)

const tableLine = ({ path, where, range, fallback, example }: KeyRow): string => {
  const usual = fallback === "required" ? fallback : code(fallback)
  return `| ${[code(path), where, range.replaceAll("|", "\\|"), usual, code(json(example))].join(" | ")} |`
}

const table = (rows: readonly KeyRow[]): string =>
  ["| key | where | values | default | example |", "| --- | --- | --- | --- | --- |", ...rows.map(tableLine)].join("\n")

function kindSection(kind: ConfigKind): string {
  const { id, command, example } = kind
  return `## ${id}

Read by \`${command}\`; \`sourceprint schema ${id}\` prints its JSON Schema. A whole file:

\`\`\`yaml
${stringify(example).trimEnd()}
\`\`\`

${table(keyRows(configSchema(kind), example, kind.further))}
`
}

/** docs/configuration.md. */
export const configurationReference = (): string => `# Every key of every file

Made by \`sourceprint schema --reference\` from the schemas that the code parses files with; a test holds both together.
Unknown keys are errors. "where" names the alternative that a key belongs to; \`[]\` is a member of a list. For
completion in an editor that has a YAML language server:

\`\`\`sh
npx sourceprint schema experiment > experiment.schema.json
\`\`\`

and as the first line of the file: \`# yaml-language-server: $schema=../experiment.schema.json\`.
\`sourceprint new experiment\` asks for what is needed and writes a file.

${configKinds.map(kindSection).join("\n")}
## models[].settings of an experiment

${zooEntries.map(settingsSection).join("\n")}`

function settingsSection({ id, summary, settings }: ModelEntry): string {
  const schema = z.toJSONSchema(settings, { io: "input", unrepresentable: "any" }) as JsonSchema
  const rows = keyRows(schema, undefined)
  return `### ${id}\n\n${summary}.\n\n${rows.length === 0 ? "It has no settings." : table(rows)}\n`
}
