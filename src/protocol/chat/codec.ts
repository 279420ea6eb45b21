import { concat, fromHex, toHex, u16, u32, u64, utf8 } from "@sourceprint/core/bytes.js"
import { canonicalName } from "../account-name.js"
import { ByteReader } from "../byte-reader.js"

/** One field of a wire format, written and read by the same description, so that the two cannot drift apart. `write`
 *  throws a RangeError for a value that the format cannot hold; `read` marks the reader broken instead. */
export interface Field<T> {
  write(value: T): Uint8Array
  read(reader: ByteReader): T
}

/** The fields of a structure in the order of their bytes. */
export type Shape = Readonly<
  Record<string, { write(value: never): Uint8Array; read(reader: ByteReader): unknown }>
>
export type Values<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never
}

const demand = (condition: boolean, what: string): void => {
  if (!condition) throw new RangeError(what)
}

export const byte: Field<number> = {
  write(value) {
    demand(Number.isInteger(value) && value >= 0 && value <= 255, `${value} is not a u8`)
    return Uint8Array.of(value)
  },
  read: (reader) => reader.u8(),
}
export const short: Field<number> = { write: u16, read: (reader) => reader.u16() }
export const long: Field<number> = { write: u64, read: (reader) => reader.u64() }

export const flag: Field<boolean> = {
  write: (value) => Uint8Array.of(value ? 1 : 0),
  read(reader) {
    const value = reader.u8()
    reader.require(value <= 1)
    return value === 1
  },
}

/** A u8 that stands for one of a few words. */
export const choice = <W extends string>(codes: Readonly<Record<W, number>>): Field<W> => {
  const words = Object.keys(codes) as W[]
  return {
    write: (value) => byte.write(codes[value]),
    read(reader) {
      const code = reader.u8()
      const word = words.find((candidate) => codes[candidate] === code)
      reader.require(word !== undefined)
      return word ?? words[0]
    },
  }
}

/** Several words at once: one bit of a u8 each. In memory a sorted list without repeats. */
export const choices = <W extends string>(bits: Readonly<Record<W, number>>): Field<readonly W[]> => {
  const words = (Object.keys(bits) as W[]).sort((a, b) => bits[a] - bits[b])
  const all = words.reduce((sum, word) => sum | bits[word], 0)
  return {
    write: (value) => Uint8Array.of(value.reduce((sum, word) => sum | bits[word], 0)),
    read(reader) {
      const set = reader.u8()
      reader.require((set & ~all) === 0)
      return words.filter((word) => (set & bits[word]) !== 0)
    },
  }
}

/** 16 bytes on the wire; 32 lower-case hex digits in memory, so that an id can be a key of a map, a row or an
 *  address. */
const isChatId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text)
export const id: Field<string> = {
  write(value) {
    demand(isChatId(value), "an id is 32 lower-case hex digits")
    return fromHex(value)
  },
  read: (reader) => toHex(reader.fixed(16)),
}

export const fixed = (sizeBytes: number): Field<Uint8Array> => ({
  write(value) {
    demand(value.length === sizeBytes, `a field takes exactly ${sizeBytes} bytes`)
    return value
  },
  read: (reader) => reader.fixed(sizeBytes),
})

/** `length u32 ‖ bytes`, at most `maxBytes`. */
export const blob = (maxBytes: number): Field<Uint8Array> => ({
  write(value) {
    demand(value.length <= maxBytes, `${value.length} bytes where at most ${maxBytes} may be`)
    return concat([u32(value.length), value])
  },
  read(reader) {
    const sizeBytes = reader.u32()
    reader.require(sizeBytes <= maxBytes)
    return reader.fixed(Math.min(sizeBytes, maxBytes))
  },
})

/** A length byte and at most 255 bytes of UTF-8. */
export const text8: Field<string> = {
  write(value) {
    const bytes = utf8(value)
    demand(bytes.length <= 255, "a str8 holds at most 255 bytes")
    return concat([Uint8Array.of(bytes.length), bytes])
  },
  read: (reader) => reader.str8(),
}

/** An account's name in its canonical form; no other spelling travels. */
export const accountName: Field<string> = {
  write(value) {
    demand(canonicalName(value) === value, "a name is not in its canonical form")
    return text8.write(value)
  },
  read(reader) {
    const name = reader.str8()
    reader.require(canonicalName(name) === name)
    return name
  },
}

/** `count u16 ‖ items`, at most `maxItems`. */
export const list = <T>(field: Field<T>, maxItems: number): Field<readonly T[]> => ({
  write(values) {
    demand(values.length <= maxItems, `${values.length} items where at most ${maxItems} may be`)
    return concat([u16(values.length), ...values.map((value) => field.write(value))])
  },
  read(reader) {
    const count = reader.u16()
    reader.require(count <= maxItems)
    return Array.from({ length: Math.min(count, maxItems) }, () => field.read(reader))
  },
})

export const struct = <S extends Shape>(shape: S): Field<Values<S>> => {
  const fields = Object.entries(shape)
  return {
    write: (value) => concat(fields.map(([name, field]) => field.write(value[name] as never))),
    read: (reader) =>
      Object.fromEntries(fields.map(([name, field]) => [name, field.read(reader)])) as Values<S>,
  }
}

/** A whole message of one structure. `decode` is undefined for anything malformed. */
export interface Codec<T> {
  encode(value: T): Uint8Array<ArrayBuffer>
  decode(bytes: Uint8Array): T | undefined
}

export const whole = <T>(field: Field<T>): Codec<T> => ({
  encode: (value) => concat([field.write(value)]),
  decode(bytes) {
    const reader = new ByteReader(bytes)
    return reader.finish(field.read(reader))
  },
})

type Variants = Readonly<Record<string, readonly [code: number, shape: Shape]>>
export type UnionOf<V extends Variants> = {
  [K in keyof V]: { readonly type: K } & Values<V[K][1]>
}[keyof V]

/** A message that begins with its code: `code u8 ‖ fields of that variant`. */
export const union = <V extends Variants>(variants: V): Codec<UnionOf<V>> => {
  const byType = new Map(
    Object.entries(variants).map(([type, [code, shape]]) => [type, { code, fields: struct(shape) }]),
  )
  const typeOf = new Map(Object.entries(variants).map(([type, [code]]) => [code, type]))
  return {
    encode(value) {
      const variant = byType.get(value.type as string)
      if (variant === undefined) throw new TypeError(`no message is called ${String(value.type)}`)
      return concat([Uint8Array.of(variant.code), variant.fields.write(value as never)])
    },
    decode(bytes) {
      const type = bytes.length === 0 ? undefined : typeOf.get(bytes[0])
      const variant = type === undefined ? undefined : byType.get(type)
      if (variant === undefined) return undefined
      const reader = new ByteReader(bytes.subarray(1))
      return reader.finish({ type, ...variant.fields.read(reader) } as UnionOf<V>)
    },
  }
}
