import type { FieldProblem } from "@sourceprint/core/workbench/workbench-data.js"
import type { ComponentChildren } from "preact"
import { Button } from "../../ui/button.js"
import { SelectField } from "../../ui/select-field.js"
import {
  branchesOf,
  branchName,
  branchOf,
  isMembers,
  isPlainList,
  type JsonSchema,
  type Members,
  memberSchema,
  starterOf,
} from "./json-schema.js"
import { ListText, ValueText } from "./value-text.js"

export interface SchemaFieldProps {
  readonly schema: JsonSchema
  readonly label: string
  readonly path: FieldProblem["path"]
  readonly value: unknown
  readonly problems: readonly FieldProblem[]
  /** Values that are offered, by path. */
  readonly offers?: Readonly<Record<string, readonly string[]>>
  /** The fields stand in the frame of what is around them. */
  readonly bare?: boolean
  onChange(value: unknown): void
}

const at = (path: FieldProblem["path"]): string => JSON.stringify(path)

/** What is wrong just here. */
export const problemAt = ({ problems, path }: Pick<SchemaFieldProps, "problems" | "path">): string | undefined =>
  problems.find((problem) => at(problem.path) === at(path))?.text

/** A form for one place of a configuration, whatever its schema says may stand there. */
export function SchemaField(props: SchemaFieldProps) {
  const { schema, label, value, path, offers, onChange } = props
  const offered = offers?.[path.join(".")]
  if (branchesOf(schema).length > 1) return <Alternatives {...props} />
  if (schema.const !== undefined) return null
  const names = schema.enum ?? offered
  if (names !== undefined || schema.type === "boolean") {
    const choices = (names ?? [true, false]).map((one) => ({ value: String(one), label: String(one) }))
    return (
      <div class="field">
        <SelectField
          label={label}
          choices={choices.some((choice) => choice.value === String(value)) ? choices : [none(value), ...choices]}
          value={String(value ?? "")}
          onChoose={(chosen) => onChange(schema.type === "boolean" ? chosen === "true" : chosen)}
        />
        <Problem {...props} />
      </div>
    )
  }
  if (isPlainList(schema)) return <ListText {...props} error={problemAt(props)} />
  if (schema.type === "array") return <ListOfThings {...props} />
  if (schema.type === "object" && schema.properties !== undefined) return <ObjectFields {...props} />
  if (schema.type === "object") return <NamedThings {...props} />
  return <ValueText {...props} error={problemAt(props)} />
}

const none = (value: unknown) => ({ value: String(value ?? ""), label: value === undefined ? "choose" : String(value) })

function Problem(props: Pick<SchemaFieldProps, "problems" | "path">) {
  return (
    <p class="error" role="alert">
      {problemAt(props)}
    </p>
  )
}

function Group({ label, bare, children }: { label: string; bare: boolean | undefined; children: ComponentChildren }) {
  if (bare === true) return <>{children}</>
  return (
    <fieldset class="schema-group">
      <legend>{label}</legend>
      {children}
    </fieldset>
  )
}

/** One of several kinds; what the kinds have in common is kept when another is chosen. */
function Alternatives(props: SchemaFieldProps) {
  const { schema, label, value, onChange } = props
  const branches = branchesOf(schema)
  const index = branchOf(schema, value)
  const branch = branches[index]
  const choose = (chosen: string): void => {
    const next = branches[Number(chosen)]
    if (next === undefined) return
    const start = starterOf(next)
    const shared = Object.entries(isMembers(value) ? value : {}).filter(
      ([key]) => next.properties?.[key] !== undefined && next.properties[key].const === undefined,
    )
    onChange(isMembers(start) ? { ...start, ...Object.fromEntries(shared) } : start)
  }
  return (
    <fieldset class="schema-group">
      <legend>{label}</legend>
      <SelectField
        label={`Kind of ${label}`}
        choices={branches.map((one, i) => ({ value: String(i), label: branchName(one) }))}
        value={String(index)}
        onChoose={choose}
      />
      {branch !== undefined && <SchemaField {...props} schema={branch} bare />}
    </fieldset>
  )
}

/** The members that are stated, and a way to state the others. */
function ObjectFields(props: SchemaFieldProps) {
  const { schema, label, path, value, problems, offers, bare, onChange } = props
  const members: Members = isMembers(value) ? value : {}
  const known = Object.keys(schema.properties ?? {})
  const required = new Set(schema.required ?? [])
  const stated = known.filter((key) => key in members || required.has(key))
  const unknown = Object.keys(members).filter((key) => !known.includes(key))
  const left = known.filter((key) => !stated.includes(key))
  const set = (key: string, next: unknown): void => onChange({ ...members, [key]: next })
  const remove = (key: string): void =>
    onChange(Object.fromEntries(Object.entries(members).filter(([other]) => other !== key)))
  return (
    <Group label={label} bare={bare}>
      <Problem {...props} />
      {[...stated, ...unknown].map((key) => {
        const member = memberSchema(schema, key, members)
        return (
          <div key={key} class="schema-member">
            <SchemaField
              schema={member}
              label={key}
              path={[...path, key]}
              value={members[key]}
              problems={problems}
              {...(offers === undefined ? {} : { offers })}
              onChange={(next) => set(key, next)}
            />
            {!required.has(key) && member.const === undefined && (
              <Button kind="quiet" aria-label={`Leave out ${[...path, key].join(".")}`} onClick={() => remove(key)}>
                Leave out
              </Button>
            )}
          </div>
        )
      })}
      {left.length > 0 && (
        <SelectField
          label={`State more of ${label}`}
          choices={[{ value: "", label: "choose a key" }, ...left.map((key) => ({ value: key, label: key }))]}
          value=""
          onChoose={(key) => key !== "" && set(key, starterOf(memberSchema(schema, key, members)))}
        />
      )}
    </Group>
  )
}

/** A list whose members have fields of their own. */
function ListOfThings(props: SchemaFieldProps) {
  const { schema, label, path, value, onChange } = props
  const list: readonly unknown[] = Array.isArray(value) ? value : []
  const { prefixItems } = schema
  const schemaAt = (index: number): JsonSchema => prefixItems?.[index] ?? (schema.items || {})
  return (
    <fieldset class="schema-group">
      <legend>{label}</legend>
      <Problem {...props} />
      {list.map((item, index) => (
        <div key={index} class="schema-member">
          <SchemaField
            {...props}
            bare={false}
            schema={schemaAt(index)}
            label={`${label} ${index + 1}`}
            path={[...path, index]}
            value={item}
            onChange={(next) => onChange(list.with(index, next))}
          />
          {prefixItems === undefined && list.length > (schema.minItems ?? 0) && (
            <Button
              kind="quiet"
              aria-label={`Remove ${label} ${index + 1}`}
              onClick={() => onChange(list.toSpliced(index, 1))}
            >
              Remove
            </Button>
          )}
        </div>
      ))}
      {prefixItems === undefined && (
        <div class="actions">
          <Button onClick={() => onChange([...list, starterOf(schemaAt(list.length))])}>Add to {label}</Button>
        </div>
      )}
    </fieldset>
  )
}

/** Members with names of the user's own, such as the paths of a sweep. */
function NamedThings(props: SchemaFieldProps) {
  const { schema, label, path, value, onChange } = props
  const entries = Object.entries(isMembers(value) ? value : {})
  const member = isMembers(schema.additionalProperties) ? (schema.additionalProperties as JsonSchema) : {}
  const put = (index: number, entry: [string, unknown]): void =>
    onChange(Object.fromEntries(entries.with(index, entry)))
  return (
    <fieldset class="schema-group">
      <legend>{label}</legend>
      <Problem {...props} />
      {entries.map(([key, inner], index) => (
        <div key={index} class="schema-member">
          <ValueText
            schema={{ type: "string" }}
            label={`Name of ${label} ${index + 1}`}
            value={key}
            onChange={(name) => put(index, [String(name), inner])}
          />
          <SchemaField
            {...props}
            bare={false}
            schema={member}
            label={key === "" ? "value" : key}
            path={[...path, key]}
            value={inner}
            onChange={(next) => put(index, [key, next])}
          />
          <Button
            kind="quiet"
            aria-label={`Remove ${key} of ${label}`}
            onClick={() => onChange(Object.fromEntries(entries.toSpliced(index, 1)))}
          >
            Remove
          </Button>
        </div>
      ))}
      <div class="actions">
        <Button onClick={() => onChange(Object.fromEntries([...entries, ["", starterOf(member)]]))}>
          Add to {label}
        </Button>
      </div>
    </fieldset>
  )
}
