import { signal } from "@preact/signals"

/** The path that is shown, without query and fragment. */
export const path = signal(location.pathname)

/** A step inside a page, with an entry of its own in the history. */
interface Step {
  onBack(): void
}
let step: Step | undefined
/** What comes after the entry of a step has been left. */
let afterStep: (() => void) | undefined

/** Begins a step that the browser's Back ends, in place of leaving the page. @returns call it when it ends by itself */
export function enterStep(onBack: () => void): () => void {
  const mine = { onBack }
  step = mine
  history.pushState(null, "", location.href)
  return () => {
    if (step === mine) leaveStep(() => {})
  }
}

function leaveStep(after: () => void): void {
  step = undefined
  afterStep = after
  history.back()
}

/** Goes to a path of these pages. `replace` leaves no way back: after a redirect. */
export function navigate(to: string, { replace = false } = {}): void {
  if (to === path.value) return
  const go = (): void => {
    if (replace) history.replaceState(null, "", to)
    else history.pushState(null, "", to)
  }
  const before = afterStep
  if (step !== undefined) leaveStep(go)
  else if (before === undefined) go()
  else {
    afterStep = () => {
      before()
      go()
    }
  }
  path.value = new URL(to, location.href).pathname
  scrollTo(0, 0)
}

/** Turns clicks on links of our own into navigation without a load. Call once. */
export function listenToLinks(): void {
  addEventListener("popstate", () => {
    const [after, left] = [afterStep, step]
    afterStep = undefined
    step = undefined
    if (after !== undefined) return after()
    left?.onBack()
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
