import type { ComponentChildren } from "preact"
import { useEffect, useRef } from "preact/hooks"

/** A page of the form kind: its heading takes the focus, so that a screen reader says where one has come to. */
export function Page({
  title,
  lead,
  aside,
  children,
}: {
  title: string
  lead?: ComponentChildren
  /** Beside the column where there is room, else below it. */
  aside?: ComponentChildren
  children: ComponentChildren
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [title])
  // One shape with and without something beside it: what stands on the page keeps its state when that comes and goes.
  return (
    <div class={aside ? "beside" : undefined}>
      <section class="page">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead && <p class="lead">{lead}</p>}
        {children}
      </section>
      {aside}
    </div>
  )
}
