import { utf8 } from "@sourceprint/core/bytes.js"
import { defined } from "@sourceprint/core/defined.js"
import { decodeUtf8 } from "./byte-reader.js"
import type { Codec, Flat } from "./codec.js"

/** What a JSON value has to look like. Small because it is part of the pages, where nothing may evaluate code. */
export type Form<T> = (value: unknown) => value is T
export type Formed<F> = F extends Form<infer T> ? T : never

export const text: Form<string> = (value) => typeof value === "string"
export const number: Form<number> = (value) => typeof value === "number"
export const truth: Form<boolean> = (value) => typeof value === "boolean"
export const nothing: Form<null> = (value) => value === null
export const anything: Form<unknown> = (_value): _value is unknown => true

export const word =
  <const W extends string>(...words: readonly W[]): Form<W> =>
  (value): value is W =>
    words.some((one) => one === value)

/** Absent, or of that form. */
export const maybe =
  <T>(form: Form<T>): Form<T | undefined> =>
  (value): value is T | undefined =>
    value === undefined || form(value)

export const within =
  (low: number, high: number, isInteger = false): Form<number> =>
  (value): value is number =>
    number(value) && value >= low && value <= high && (!isInteger || Number.isInteger(value))

export const many =
  <T>(form: Form<T>): Form<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.every(form)

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const mapOf =
  <T>(form: Form<T>): Form<Readonly<Record<string, T>>> =>
  (value): value is Readonly<Record<string, T>> =>
    isRecord(value) && Object.values(value).every(form)

type Forms = Readonly<Record<string, Form<unknown>>>
type Shaped<S extends Forms> = Flat<
  {
    readonly [K in keyof S as undefined extends Formed<S[K]> ? never : K]: Formed<S[K]>
  } & { readonly [K in keyof S as undefined extends Formed<S[K]> ? K : never]?: Formed<S[K]> }
>

/** An object with these properties; further ones are passed over. */
export const object = <const S extends Forms>(forms: S): Form<Shaped<S>> => {
  const all = Object.entries(forms)
  return (value): value is Shaped<S> => isRecord(value) && all.every(([name, form]) => form(value[name]))
}

/** JSON in UTF-8. */
export const json = <T>(form: Form<T>): Codec<T> => ({
  encode: (value) => utf8(JSON.stringify(value)),
  decode(bytes) {
    const value = parsed(bytes)
    return form(value) ? value : undefined
  },
})

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes) ?? "")
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

type JsonRequests = Readonly<Record<string, readonly [fields: Forms, answer: Form<unknown>]>>
type JsonRequestOf<R extends JsonRequests, Key extends string> = {
  [W in keyof R]: { readonly [K in Key]: W } & Shaped<R[W][0]>
}[keyof R]

/** `Calls` in JSON. A request with a property that it does not have is malformed. */
export const jsonCalls = <const Key extends string, const R extends JsonRequests>(key: Key, requests: R) => {
  const isRequest = (value: unknown): value is JsonRequestOf<R, Key> => {
    if (!isRecord(value)) return false
    const name = String(value[key])
    if (!Object.hasOwn(requests, name)) return false
    const [fields] = defined(requests[name], "request")
    return object(fields)(value) && Object.keys(value).every((one) => one === key || Object.hasOwn(fields, one))
  }
  return {
    key,
    requests,
    request: json(isRequest),
    answers: Object.fromEntries(Object.entries(requests).map(([name, [, answer]]) => [name, json(answer)])) as {
      readonly [W in keyof R]: Codec<Formed<R[W][1]>>
    },
  }
}
