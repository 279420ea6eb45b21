import type { Signal } from "@preact/signals"

/** For a text field: shows the signal, and what is typed goes into it. */
export const boundTo = (text: Signal<string>) => ({
  value: text.value,
  onText: (typed: string): void => {
    text.value = typed
  },
})
