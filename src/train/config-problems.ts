import type { z } from "zod"
import { type ConfigPath, formatPath } from "./config-path.js"

/** The parts of JSON Schema that zod writes. */
interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly prefixItems?: readonly Schema[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minItems?: number
  readonly pattern?: string
}

const branchesOf = (schema: Schema): readonly Schema[] => schema.anyOf ?? schema.oneOf ?? [schema]

/** Of the alternatives, those whose fixed members (`kind`) agree with what was written; all when none does. */
function matching(schema: Schema, written: unknown): readonly Schema[] {
  const agrees = (branch: Schema): boolean =>
    Object.entries(branch.properties ?? {}).every(
      ([key, { const: fixed }]) =>
        fixed === undefined || (written as Record<string, unknown> | undefined)?.[key] === fixed,
    )
  const branches = branchesOf(schema)
  const kept = branches.filter((branch) => branch.type !== "object" || agrees(branch))
  return kept.length > 0 ? kept : branches
}

function describe(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(", ")
  if (schema.anyOf ?? schema.oneOf) return [...new Set(branchesOf(schema).map(describe))].join(" or ")
  switch (schema.type) {
    case "object":
      return schema.properties ? `keys ${Object.keys(schema.properties).join(", ")}` : "keys with values"
    case "array":
      return schema.minItems ? `a list of at least ${schema.minItems}` : "a list"
    case "integer":
    case "number": {
      const { minimum, exclusiveMinimum, exclusiveMaximum } = schema
      const maximum = schema.maximum === Number.MAX_SAFE_INTEGER ? undefined : schema.maximum
      const limits = [
        minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? "" : ` from ${minimum}`,
        exclusiveMinimum === undefined ? "" : ` above ${exclusiveMinimum}`,
        maximum === undefined ? "" : ` up to ${maximum}`,
        exclusiveMaximum === undefined ? "" : ` below ${exclusiveMaximum}`,
      ]
      return `a ${schema.type === "integer" ? "whole number" : "number"}${limits.join("")}`
    }
    case "string":
      return schema.pattern ? `text like ${schema.pattern}` : "text"
    case "boolean":
      return "true or false"
    default:
      return "anything"
  }
}

/** What may stand at `path`, in words; undefined where the schema says nothing. */
function allowedAt(schema: Schema, path: ConfigPath, written: unknown): string | undefined {
  let schemas: readonly Schema[] = matching(schema, written)
  let at = written
  for (const part of path) {
    const next = schemas.flatMap((candidate) => {
      const below =
        typeof part === "number"
          ? (candidate.prefixItems?.[part] ?? candidate.items)
          : (candidate.properties?.[part] ??
            (typeof candidate.additionalProperties === "object" ? candidate.additionalProperties : undefined))
      return below === undefined ? [] : [below]
    })
    at = (at as Record<string | number, unknown> | undefined)?.[part]
    schemas = next.flatMap((candidate) => matching(candidate, at))
  }
  return schemas.length === 0 ? undefined : [...new Set(schemas.map(describe))].join(" or ")
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "missing"
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

const valueAt = (root: unknown, path: ConfigPath): unknown =>
  path.reduce<unknown>((at, part) => (at as Record<string | number, unknown> | undefined)?.[part], root)

/** What was written against which schema, and where it stands. */
interface Checked {
  readonly schema: Schema
  readonly written: unknown
  /** Place of `written` in the whole configuration. */
  readonly base: ConfigPath
}

/** What is wrong at a place of the configuration: what was written there, and what is allowed. */
export interface ConfigProblem {
  readonly path: ConfigPath
  readonly text: string
}

/** One sentence a problem. */
export function describeProblems(
  issues: readonly z.core.$ZodIssue[],
  checked: Omit<Checked, "schema"> & { readonly schema: unknown },
): ConfigProblem[] {
  return issues.flatMap((issue) => problemsOf(issue, checked as Checked))
}

function problemsOf(issue: z.core.$ZodIssue, checked: Checked): ConfigProblem[] {
  const { schema, written, base } = checked
  const path = issue.path as ConfigPath
  const full = [...base, ...path]
  const allowed = allowedAt(schema, path, written)
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const where = full.length === 0 ? "an experiment" : formatPath(full)
      return { path: [...full, key], text: `${where} has no key "${key}"; allowed: ${allowed ?? "none"}` }
    })
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    // The alternative that fits best speaks: the one whose keys are those written, then with the fewest problems.
    const union = valueAt(written, path)
    const [best] = [...issue.errors].sort((a, b) => unfit(a, union) - unfit(b, union))
    if (best?.some((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys")) {
      return best.flatMap((inner) =>
        problemsOf({ ...inner, path: [...path, ...inner.path] } as z.core.$ZodIssue, checked),
      )
    }
  }
  const value = valueAt(written, path)
  const said = value === undefined ? "is missing" : `is ${shown(value)}`
  const why = issue.code === "custom" || issue.code === "invalid_format" ? `: ${issue.message}` : ""
  return [{ path: full, text: `${formatPath(full)} ${said}${why}${allowed ? `; allowed: ${allowed}` : ""}` }]
}

/** How little an alternative with these problems is what was meant by `union`. */
const unfit = (issues: readonly z.core.$ZodIssue[], union: unknown): number =>
  issues.reduce((sum, issue) => {
    if (issue.path.length === 0 && issue.code === "invalid_type") return sum + 100
    const isOtherKey = issue.path.length === 0 && issue.code === "unrecognized_keys"
    const isMissing = issue.path.length === 1 && valueAt(union, issue.path as ConfigPath) === undefined
    return sum + (isOtherKey || isMissing ? 10 : 1)
  }, 0)
