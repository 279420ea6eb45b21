import { webLinks } from "@sourceprint/protocol/text/web-links.js"

/** "xn--…" where the host has letters beyond ASCII: one that looks like a known one can be told from it. */
function plainHost(href: string): string | undefined {
  const { host } = new URL(href)
  return /(?:^|\.)xn--/.test(host) ? host : undefined
}

/** What a person wrote, as it was written: text nodes, and addresses of the web that open in a window which learns
 *  nothing about this one. */
export function LinkedText({ text }: { text: string }) {
  return (
    <>
      {webLinks(text).map((part, n) =>
        part.href === undefined ? (
          part.text
        ) : (
          <a
            key={n}
            href={part.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
            dir="ltr"
            data-host={plainHost(part.href)}
          >
            {part.text}
          </a>
        ),
      )}
    </>
  )
}
