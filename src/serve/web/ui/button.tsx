import type { ComponentChildren, JSX } from "preact"

interface ButtonProps extends Omit<JSX.IntrinsicElements["button"], "kind"> {
  readonly kind?: "primary" | "plain" | "quiet" | "danger"
  /** Shows that the work it started continues; it cannot be pressed meanwhile. */
  readonly busy?: boolean
  readonly children: ComponentChildren
}

export function Button({ kind = "plain", busy = false, disabled, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`button ${kind}${busy ? " busy" : ""}`}
      disabled={disabled === true || busy}
      aria-busy={busy}
    >
      {busy && <span class="spinner" aria-hidden="true" />}
      {children}
    </button>
  )
}

/** A link that looks like a button. */
export function ButtonLink({
  href,
  kind = "plain",
  children,
}: {
  href: string
  kind?: ButtonProps["kind"]
  children: ComponentChildren
}) {
  return (
    <a class={`button ${kind}`} href={href}>
      {children}
    </a>
  )
}
