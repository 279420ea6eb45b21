import type { Signal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import { Notice } from "./notice.js"

/** An answer that is asked for, perhaps again and again. */
export interface Polled<Value> {
  readonly value: Signal<Value | undefined>
  readonly failed: Signal<string | undefined>
  again(): void
}

/** What a poll has brought, or that it brings nothing. */
export function Part<Value>({
  polled,
  empty,
  children,
}: {
  readonly polled: Polled<Value>
  /** Said where there is nothing yet. */
  readonly empty: string
  children(value: Value): ComponentChildren
}) {
  const value = polled.value.value
  const nothing = Array.isArray(value) && value.length === 0
  return (
    <>
      {polled.failed.value !== undefined && (
        <Notice kind="bad" title="This could not be fetched">
          <p>{polled.failed.value}</p>
        </Notice>
      )}
      {value === undefined && polled.failed.value === undefined && <p class="aside">Asking the server…</p>}
      {nothing ? <p class="aside">{empty}</p> : value !== undefined && children(value)}
    </>
  )
}
