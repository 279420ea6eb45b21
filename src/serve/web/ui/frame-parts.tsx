import type { ComponentChildren } from "preact"
import { path } from "../router.js"

export const SkipLink = () => (
  <a class="skip" href="#content">
    Skip to the content
  </a>
)

export const Brand = () => (
  <a class="brand" href="/">
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <path d="M6 20v-4a10 10 0 0 1 20 0v3" />
      <path d="M10.5 24v-8a5.5 5.5 0 0 1 11 0v6" />
      <path d="M16 15.5v11" />
    </svg>
    sourceprint
  </a>
)

/** A way to a page; marked while that page, or one below it, is shown. */
export function NavLink({ href, children }: { href: string; children: ComponentChildren }) {
  return (
    <a href={href} aria-current={path.value.startsWith(href) ? "page" : undefined}>
      {children}
    </a>
  )
}
