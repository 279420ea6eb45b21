import { useSignal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import { emoji } from "./emoji.js"
import { Icon } from "./icons.js"

const COLUMNS = 8

/** A button that opens a small grid of emoji; the arrow keys move in it, Escape closes it. */
export function EmojiPicker({ onPick }: { onPick(sign: string): void }) {
  const open = useSignal(false)
  const at = useSignal(0)
  const root = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const close = (): void => {
    open.value = false
    button.current?.focus()
  }
  useEffect(() => {
    if (!open.value) return
    const outside = (event: Event): void => {
      if (event.target instanceof Node && root.current?.contains(event.target) === false) open.value = false
    }
    document.addEventListener("pointerdown", outside)
    return () => document.removeEventListener("pointerdown", outside)
  }, [open.value])
  useEffect(() => {
    if (open.value) root.current?.querySelectorAll<HTMLButtonElement>(".emoji-grid button")[at.value]?.focus()
  }, [open.value, at.value])

  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS }[event.key]
    if (event.key === "Escape") {
      event.stopPropagation()
      close()
    } else if (step !== undefined) {
      event.preventDefault()
      at.value = Math.min(emoji.length - 1, Math.max(0, at.value + step))
    }
  }
  return (
    <div class="emoji" ref={root}>
      <button
        ref={button}
        type="button"
        class="icon-button"
        aria-label="Emoji"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value
        }}
      >
        <Icon name="smile" />
      </button>
      {open.value && (
        <fieldset class="emoji-grid" aria-label="Emoji" onKeyDown={onKey}>
          {emoji.map(([sign, words], index) => (
            <button
              key={sign}
              type="button"
              aria-label={words}
              title={words}
              tabIndex={index === at.value ? 0 : -1}
              onClick={() => {
                at.value = index
                onPick(sign)
                open.value = false
              }}
            >
              {sign}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  )
}
