import { signal } from "@preact/signals"

interface Toast {
  readonly id: number
  readonly text: string
}

const SHOWN_MS = 6000
const shown = signal<readonly Toast[]>([])
let lastId = 0

/** Says something in passing, at the foot of the window, and to a screen reader. */
export function toast(text: string): void {
  const id = ++lastId
  shown.value = [...shown.value, { id, text }]
  setTimeout(() => {
    shown.value = shown.value.filter((other) => other.id !== id)
  }, SHOWN_MS)
}

/** Rendered once, in the frame of the page. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.value.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  )
}
