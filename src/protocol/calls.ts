import { defined } from "@sourceprint/core/defined.js"
import { type Codec, type Shape, type UnionOf, union, whole } from "./codec.js"

/** What a client asks of the server over a channel, and what it is answered. `key` is the property of a request that
 *  names it. */
export interface Calls {
  readonly key: string
  readonly request: Codec<unknown>
  readonly answers: Readonly<Record<string, Codec<unknown>>>
}

export type RequestOf<C extends Calls> = C["request"] extends Codec<infer R> ? R : never
/** The answer to the request of that name. */
export type AnswerTo<C extends Calls, W extends keyof C["answers"]> = C["answers"][W] extends Codec<infer A> ? A : never
/** What the server does for each request; without one for every request it does not compile. */
export type Handlers<C extends Calls, More extends readonly unknown[]> = {
  readonly [W in keyof C["answers"]]: (
    request: Extract<RequestOf<C>, { readonly [K in C["key"]]: W }>,
    ...more: More
  ) => AnswerTo<C, W> | Promise<AnswerTo<C, W>>
}

/** A request has its code, its fields and the codec of its answer, or it does not compile. */
export const request = <const S extends Shape, A>(code: number, fields: S, answer: Codec<A>) =>
  [code, fields, answer] as const

type Requests = Readonly<Record<string, readonly [code: number, fields: Shape, answer: Codec<unknown>]>>

export const calls = <const Key extends string, const R extends Requests>(key: Key, requests: R) => ({
  key,
  requests,
  request: whole<UnionOf<R, Key>>(union(requests, key)),
  answers: Object.fromEntries(Object.entries(requests).map(([name, [, , answer]]) => [name, answer])) as {
    readonly [W in keyof R]: R[W][2]
  },
})

const nameOf = (of: Calls, request: object): string => String(Reflect.get(request, of.key))

/** The server's end: the bytes of the answer. */
export async function answered<C extends Calls, More extends readonly unknown[]>(
  of: C,
  handlers: Handlers<C, More>,
  request: RequestOf<C> & object,
  ...more: More
): Promise<Uint8Array> {
  const name = nameOf(of, request) as keyof C["answers"] & string
  return defined(of.answers[name], "answer").encode(await handlers[name](request as never, ...more))
}

/** The client's end: the answer, or undefined for one that cannot be read. */
export async function asked<C extends Calls, R extends RequestOf<C> & object>(
  of: C,
  request: R,
  send: (body: Uint8Array) => Promise<Uint8Array>,
): Promise<AnswerTo<C, R[C["key"] & keyof R] & keyof C["answers"]> | undefined> {
  const answer = defined(of.answers[nameOf(of, request)], "answer").decode(await send(of.request.encode(request)))
  return answer as AnswerTo<C, R[C["key"] & keyof R] & keyof C["answers"]> | undefined
}
