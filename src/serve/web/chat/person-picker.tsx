import { useSignal } from "@preact/signals"
import { personMarks } from "@sourceprint/protocol/chat/view/name-marks.js"
import { useEffect, useId, useRef } from "preact/hooks"
import { Icon } from "./icons.js"
import { plainWords } from "./plain-words.js"

interface PersonPickerProps {
  readonly label: string
  /** Names of the server's directory that begin so. */
  find(prefix: string): Promise<readonly string[]>
  /** Not offered: who is there already. */
  readonly except: readonly string[]
  onPick(name: string): void
}

const PAUSE_MS = 200

/** A field that finds people by the beginning of their name: arrow keys and Enter, or a click. */
export function PersonPicker({ label, find, except, onPick }: PersonPickerProps) {
  const id = useId()
  const query = useSignal("")
  const found = useSignal<readonly string[] | undefined>(undefined)
  const failed = useSignal<string | undefined>(undefined)
  const at = useSignal(0)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  useEffect(() => {
    const prefix = query.value.trim()
    found.value = undefined
    failed.value = undefined
    if (prefix === "") return
    let current = true
    const timer = setTimeout(() => {
      find(prefix).then(
        (names) => {
          if (!current) return
          found.value = names.filter((name) => !except.includes(name))
          at.value = 0
        },
        (error: unknown) => {
          if (current) failed.value = plainWords(error)
        },
      )
    }, PAUSE_MS)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [query.value])
  const names = found.value ?? []
  const marks = personMarks(names, except)
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter") {
      event.preventDefault()
      const name = names[at.value]
      if (name !== undefined) onPick(name)
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      const step = event.key === "ArrowDown" ? 1 : -1
      at.value = Math.min(names.length - 1, Math.max(0, at.value + step))
    }
  }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="input">
        <input
          ref={input}
          id={id}
          type="text"
          role="combobox"
          dir="auto"
          autocomplete="off"
          spellcheck={false}
          maxLength={64}
          aria-expanded={names.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={names.length > 0 ? `${id}-${at.value}` : undefined}
          value={query.value}
          onInput={(event) => {
            query.value = event.currentTarget.value
          }}
          onKeyDown={onKey}
        />
      </div>
      <div class="people" id={`${id}-list`} role="listbox" aria-label="People" hidden={names.length === 0}>
        {names.map((name, index) => (
          <button
            key={name}
            id={`${id}-${index}`}
            type="button"
            role="option"
            tabIndex={-1}
            aria-selected={index === at.value}
            onClick={() => onPick(name)}
          >
            <bdi>{name}</bdi>
            {marks.has(name) && (
              <span class="proof changed">
                <Icon name="warn" /> This name {marks.get(name)}
              </span>
            )}
          </button>
        ))}
      </div>
      <p class="hint" role="status">
        {failed.value ?? (found.value?.length === 0 ? "Nobody else has a name that begins so." : "")}
      </p>
    </div>
  )
}
