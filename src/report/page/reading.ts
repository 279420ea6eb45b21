/** In every page: the table of contents follows the reader, and what is folded away is printed too. */
const links = new Map(
  [...document.querySelectorAll<HTMLAnchorElement>("nav a")].map((link) => [link.hash.slice(1), link]),
)
const sections = [...document.querySelectorAll<HTMLElement>("main > section")]

function markCurrent(): void {
  const passed = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 3)
  const current = passed.at(-1)?.id
  for (const [id, link] of links) {
    if (id === current) link.setAttribute("aria-current", "true")
    else link.removeAttribute("aria-current")
  }
}
addEventListener("scroll", markCurrent, { passive: true })
markCurrent()

const contents = document.querySelector<HTMLDetailsElement>("nav details")
const wide = matchMedia("(min-width: 72rem)")
const unfold = (): void => {
  if (contents !== null) contents.open = wide.matches
}
wide.addEventListener("change", unfold)
unfold()

let opened: HTMLDetailsElement[] = []
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll<HTMLDetailsElement>("main details:not([open])")]
  for (const details of opened) details.open = true
})
addEventListener("afterprint", () => {
  for (const details of opened) details.open = false
})

export {}
