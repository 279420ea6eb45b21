import type { Calls, RequestOf } from "@sourceprint/protocol/calls.js"

/** What a message needs beside a session that is valid now. */
export interface Needs {
  /** A sign-in of the last `FRESH_MS`: it changes a way in, or takes something away. */
  readonly fresh?: boolean
  /** An operator's account. */
  readonly operator?: boolean
}

/** What a channel's request needs. */
export type NeedsOf = (body: Uint8Array) => Needs

/** Needs by the name of the request. @param unread of a body that is no request: its handler says so */
export function needsByName<C extends Calls>(
  of: C,
  needs: Readonly<Record<keyof C["answers"], Needs>>,
  unread: Needs,
): NeedsOf {
  return (body) => {
    const request = of.request.decode(body) as (RequestOf<C> & object) | undefined
    return request === undefined ? unread : needs[Reflect.get(request, of.key) as keyof C["answers"]]
  }
}
