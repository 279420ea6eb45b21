import {
  u16 as bytesOfU16,
  u32 as bytesOfU32,
  u64 as bytesOfU64,
  concat,
  fromHex,
  toHex,
  utf8,
} from "@sourceprint/core/bytes.js"
import { canonicalName, isId } from "./account-name.js"
import { ByteReader, decodeUtf8 } from "./byte-reader.js"

/** One field of a wire format, written and read by the same description, so that the two cannot drift apart.
 *  `write` adds its bytes to `parts` and throws a RangeError for a value that the format cannot hold; `read` marks
 *  the reader broken instead. */
export interface Field<T> {
  write(value: T, parts: Uint8Array[]): void
  read(reader: ByteReader): T
}

/** The fields of a structure in the order of their bytes. */
export type Shape = Readonly<
  Record<string, { write(value: never, parts: Uint8Array[]): void; read(reader: ByteReader): unknown }>
>
export type Values<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never
}

const demand = (condition: boolean, what: string): void => {
  if (!condition) throw new RangeError(what)
}

const plain = <T>(bytesOf: (value: T) => Uint8Array, read: (reader: ByteReader) => T): Field<T> => ({
  write: (value, parts) => void parts.push(bytesOf(value)),
  read,
})

export const u8 = plain<number>(
  (value) => {
    demand(Number.isInteger(value) && value >= 0 && value <= 255, `${value} is not a u8`)
    return Uint8Array.of(value)
  },
  (reader) => reader.u8(),
)
export const u16 = plain(bytesOfU16, (reader) => reader.u16())
export const u32 = plain(bytesOfU32, (reader) => reader.u32())
export const u64 = plain(bytesOfU64, (reader) => reader.u64())

/** A field in another form in memory. `read` is undefined for what has no such form. */
export const mapped = <Raw, T>(
  field: Field<Raw>,
  write: (value: T) => Raw,
  read: (raw: Raw) => T | undefined,
): Field<T> => ({
  write: (value, parts) => field.write(write(value), parts),
  read(reader) {
    const raw = field.read(reader)
    const value = reader.isBroken ? undefined : read(raw)
    reader.require(value !== undefined)
    return value as T // what is read off a broken reader is given to nobody
  },
})

/** A field that holds less than its bytes could. @param what says what a value has to be */
export const where = <T>(field: Field<T>, holds: (value: T) => boolean, what: string): Field<T> =>
  mapped(
    field,
    (value) => {
      demand(holds(value), `not ${what}`)
      return value
    },
    (raw) => (holds(raw) ? raw : undefined),
  )

/** IEEE 754 double, finite. */
export const f64 = where(
  plain<number>(
    (value) => {
      const bytes = new Uint8Array(8)
      new DataView(bytes.buffer).setFloat64(0, value)
      return bytes
    },
    (reader) => reader.f64(),
  ),
  Number.isFinite,
  "a finite number",
)

export const flag = mapped(
  u8,
  (value: boolean) => (value ? 1 : 0),
  (raw) => (raw <= 1 ? raw === 1 : undefined),
)

/** A u8 that stands for one of a few words. */
export const choice = <W extends string>(codes: Readonly<Record<W, number>>): Field<W> => {
  const words = new Map((Object.keys(codes) as W[]).map((word) => [codes[word], word]))
  return mapped(
    u8,
    (word: W) => codes[word],
    (code) => words.get(code),
  )
}

/** A u8 that is one of a few numbers, in memory too. */
export const code = <C extends number>(codes: Readonly<Record<string, C>>): Field<C> => {
  const known: readonly C[] = Object.values(codes)
  return mapped(
    u8,
    (value: C) => value,
    (raw) => known.find((value) => value === raw),
  )
}

/** Several words at once: one bit of a u8 each. In memory a list without repeats, in the order of the bits. */
export const choices = <W extends string>(bits: Readonly<Record<W, number>>): Field<readonly W[]> => {
  const words = (Object.keys(bits) as W[]).sort((a, b) => bits[a] - bits[b])
  const all = words.reduce((sum, word) => sum | bits[word], 0)
  return mapped(
    u8,
    (value: readonly W[]) => value.reduce((sum, word) => sum | bits[word], 0),
    (set) => ((set & ~all) === 0 ? words.filter((word) => (set & bits[word]) !== 0) : undefined),
  )
}

export const fixed = (sizeBytes: number): Field<Uint8Array> =>
  plain(
    (value) => {
      demand(value.length === sizeBytes, `a field takes exactly ${sizeBytes} bytes`)
      return value
    },
    (reader) => reader.fixed(sizeBytes),
  )

/** 16 bytes on the wire; 32 lower-case hex digits in memory, so that an id can be a key of a map, a row or an
 *  address. */
export const id: Field<string> = mapped(
  fixed(16),
  (value) => {
    demand(/^[0-9a-f]{32}$/.test(value), "an id is 32 lower-case hex digits")
    return fromHex(value)
  },
  toHex,
)

/** Everything up to the end of the message, as a view. */
export const rest: Field<Uint8Array> = plain(
  (value) => value,
  (reader) => reader.rest(),
)

const blob = (size: Field<number>, maxBytes: number): Field<Uint8Array> => ({
  write(value, parts) {
    demand(value.length <= maxBytes, `${value.length} bytes where at most ${maxBytes} may be`)
    size.write(value.length, parts)
    parts.push(value)
  },
  read(reader) {
    const sizeBytes = size.read(reader)
    reader.require(sizeBytes <= maxBytes)
    return reader.fixed(sizeBytes)
  },
})
/** `length u16 ‖ bytes` */
export const blob16 = blob(u16, 0xffff)
/** `length u32 ‖ bytes`, at most `maxBytes`; without a bound of its own it is bounded by the frame. */
export const blob32 = (maxBytes = 0xffffffff): Field<Uint8Array> => blob(u32, maxBytes)

/** Well-formed UTF-8 in a field of bytes. */
export const text = (bytes: Field<Uint8Array>): Field<string> => mapped(bytes, utf8, decodeUtf8)
/** A length byte and at most 255 bytes of UTF-8. */
export const str8 = text(blob(u8, 255))

/** An account's name in its canonical form: one name has one spelling in every signature and transcript. */
export const accountName = where(str8, (name) => canonicalName(name) === name, "a canonical name")
/** The id of a device, a scanner or a finger. */
export const wordId = where(str8, isId, "1 to 64 characters of a-z 0-9 . _ -")

/** Another field, `length u32 ‖ field`, at most `maxBytes` of it. */
export const nested = <T>(field: Field<T>, maxBytes = 0xffffffff): Field<T> => ({
  write(value, parts) {
    const inner: Uint8Array[] = []
    field.write(value, inner)
    blob32(maxBytes).write(concat(inner), parts)
  },
  read(reader) {
    const sizeBytes = reader.u32()
    reader.require(sizeBytes <= maxBytes)
    return reader.within(sizeBytes, (inner) => field.read(inner))
  },
})

/** `0x00`, or `0x01 ‖ field`. */
export const optional = <T>(field: Field<T>): Field<T | undefined> => ({
  write(value, parts) {
    flag.write(value !== undefined, parts)
    if (value !== undefined) field.write(value, parts)
  },
  read: (reader) => (flag.read(reader) ? field.read(reader) : undefined),
})

/** `count ‖ items`, at most `maxItems`. */
export const list = <T>(field: Field<T>, maxItems: number, count = u16): Field<readonly T[]> => ({
  write(values, parts) {
    demand(values.length <= maxItems, `${values.length} items where at most ${maxItems} may be`)
    count.write(values.length, parts)
    for (const value of values) field.write(value, parts)
  },
  read(reader) {
    const items = count.read(reader)
    reader.require(items <= maxItems)
    const values: T[] = []
    while (values.length < items && !reader.isBroken) values.push(field.read(reader))
    return values
  },
})

export const struct = <S extends Shape>(shape: S): Field<Values<S>> => {
  const { write, readInto } = fieldsOf(shape)
  return { write, read: (reader) => readInto({}, reader) as Values<S> }
}

function fieldsOf(shape: Shape) {
  const fields = Object.entries(shape)
  return {
    write(value: Readonly<Record<string, unknown>>, parts: Uint8Array[]) {
      for (const [name, field] of fields) field.write(value[name] as never, parts)
    },
    readInto(value: Record<string, unknown>, reader: ByteReader) {
      for (const [name, field] of fields) {
        if (reader.isBroken) break
        value[name] = field.read(reader)
      }
      return value
    },
  }
}

/** The same type, in one piece. */
export type Flat<T> = { [K in keyof T]: T[K] }

export type Variants = Readonly<Record<string, readonly [code: number, shape: Shape, ...more: unknown[]]>>
/** The values of a union; `Key` is the property that names the variant. */
export type UnionOf<V extends Variants, Key extends string = "type"> = {
  [W in keyof V]: Flat<{ readonly [K in Key]: W } & Values<V[W][1]>>
}[keyof V]

/** The words that name the variants, as constants. */
export const wordsOf = <V extends Variants>(variants: V) =>
  Object.fromEntries(Object.keys(variants).map((word) => [word, word])) as {
    readonly [W in keyof V & string]: W
  }

/** One of several structures, which begins with its code: `code u8 ‖ fields of that variant`. */
export const union = <const V extends Variants, const Key extends string = "type">(
  variants: V,
  key: Key = "type" as Key,
): Field<UnionOf<V, Key>> => {
  const all = Object.entries(variants).map(([word, [code, shape]]) => ({ word, code, ...fieldsOf(shape) }))
  const byWord = new Map(all.map((variant) => [variant.word, variant]))
  const byCode = new Map(all.map((variant) => [variant.code, variant]))
  return {
    write(value, parts) {
      const variant = byWord.get(value[key] as string)
      if (variant === undefined) throw new TypeError(`nothing here is called ${String(value[key])}`)
      u8.write(variant.code, parts)
      variant.write(value, parts)
    },
    read(reader) {
      const variant = byCode.get(reader.u8())
      reader.require(variant !== undefined)
      return variant?.readInto({ [key]: variant.word }, reader) as UnionOf<V, Key>
    },
  }
}

/** A whole message. `decode` is undefined for anything malformed; the size was bounded by the frame. */
export interface Codec<T> {
  encode(value: T): Uint8Array<ArrayBuffer>
  decode(bytes: Uint8Array): T | undefined
}

/** A codec of a field's bytes; the field is there for who nests it, and for the test that loops over all. */
export interface Whole<T> extends Codec<T> {
  readonly field: Field<T>
}

export const whole = <T>(field: Field<T>): Whole<T> => ({
  field,
  encode(value) {
    const parts: Uint8Array[] = []
    field.write(value, parts)
    return concat(parts)
  },
  decode(bytes) {
    const reader = new ByteReader(bytes)
    return reader.finish(field.read(reader))
  },
})
