import type { ComponentChildren } from "preact"

interface NoticeProps {
  readonly kind?: "info" | "good" | "bad" | "warn"
  readonly title?: string
  readonly children?: ComponentChildren
}

/** Something to know, in its place on the page. Bad news is announced at once, the rest when the reader pauses. */
export function Notice({ kind = "info", title, children }: NoticeProps) {
  return (
    <div class={`notice ${kind}`} role={kind === "bad" ? "alert" : "status"}>
      {title && <p class="notice-title">{title}</p>}
      {children}
    </div>
  )
}
