import { useSignal } from "@preact/signals"
import { TextField } from "../../ui/text-field.js"
import { type JsonSchema, limitWords, scalarOf } from "./json-schema.js"

interface ValueTextProps {
  readonly schema: JsonSchema
  readonly label: string
  readonly value: unknown
  readonly error?: string | undefined
  onChange(value: unknown): void
}

/** One value as text. What is no number where a number is due is kept as it was typed: the check says so. */
export function ValueText({ schema, label, value, error, onChange }: ValueTextProps) {
  const isText = schema.type === "string"
  const written = wordsOf(value)
  const typed = useSignal(written)
  const read = (text: string): unknown => (isText ? text : scalarOf(text))
  return (
    <TextField
      label={label}
      value={wordsOf(read(typed.value)) === written ? typed.value : written}
      hint={limitWords(schema)}
      error={error}
      autocomplete="off"
      onText={(text) => {
        typed.value = text
        onChange(read(text))
      }}
    />
  )
}

const wordsOf = (value: unknown): string =>
  value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value)

/** A list of plain values, separated by commas. */
export function ListText({ schema, label, value, error, onChange }: ValueTextProps) {
  const isText = schema.items !== false && schema.items?.type === "string"
  const read = (text: string): unknown[] => {
    const parts = text.split(",").map((part) => part.trim())
    return parts.filter((part) => part !== "").map((part) => (isText ? part : scalarOf(part)))
  }
  const listed = (list: unknown): string => (Array.isArray(list) ? list.map(wordsOf).join(", ") : wordsOf(list))
  const typed = useSignal(listed(value))
  return (
    <TextField
      label={label}
      value={listed(read(typed.value)) === listed(value) ? typed.value : listed(value)}
      hint="Values with commas between them."
      error={error}
      autocomplete="off"
      onText={(text) => {
        typed.value = text
        onChange(read(text))
      }}
    />
  )
}
