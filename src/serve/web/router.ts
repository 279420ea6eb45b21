import { signal } from "@preact/signals"

/** The path that is shown, without query and fragment. */
export const path = signal(location.pathname)

/** Goes to a path of these pages. `replace` leaves no way back: after a redirect. */
export function navigate(to: string, { replace = false } = {}): void {
  if (to === path.value) return
  if (replace) history.replaceState(null, "", to)
  else history.pushState(null, "", to)
  path.value = location.pathname
  scrollTo(0, 0)
}

/** Turns clicks on links of our own into navigation without a load. Call once. */
export function listenToLinks(): void {
  addEventListener("popstate", () => {
    path.value = location.pathname
  })
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey
    if (link === null || !plain || event.defaultPrevented) return
    const elsewhere = link.origin !== location.origin || link.target !== "" || link.hasAttribute("download")
    if (elsewhere || link.getAttribute("href")?.startsWith("#")) return
    event.preventDefault()
    navigate(link.pathname)
  })
}
