import { type Shape, type UnionOf, union, whole } from "./codec.js"

/** Which end sends a message. */
export type Direction = "toServer" | "toClient"

/** A message has its code, its fields and its direction, or it does not compile. */
export type Messages = Readonly<Record<string, readonly [code: number, fields: Shape, direction: Direction]>>

export const toServer = <const S extends Shape>(code: number, fields: S) => [code, fields, "toServer"] as const
export const toClient = <const S extends Shape>(code: number, fields: S) => [code, fields, "toClient"] as const

type Towards<M extends Messages, D extends Direction> = {
  readonly [W in keyof M as M[W][2] extends D ? W : never]: M[W]
}
/** The messages of one direction. */
export type Sent<M extends Messages, D extends Direction> = UnionOf<Towards<M, D>>

/** The messages that travel over a channel. Whoever receives decodes those of its own direction alone. */
export const channel = <const M extends Messages>(messages: M) => {
  const sent = <D extends Direction>(direction: D) =>
    Object.fromEntries(Object.entries(messages).filter(([, [, , to]]) => to === direction)) as Towards<M, D>
  return {
    messages,
    toServer: whole(union(sent("toServer"))),
    toClient: whole(union(sent("toClient"))),
  }
}
