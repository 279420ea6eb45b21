import { useSignal } from "@preact/signals"
import { utf8 } from "@sourceprint/core/bytes.js"
import { ContentLimit } from "@sourceprint/protocol/chat/contents.js"
import { useEffect, useRef } from "preact/hooks"
import { FilePicker } from "../files/file-picker.js"
import { Button } from "../ui/button.js"
import { EmojiPicker } from "./emoji-picker.js"
import { Icon } from "./icons.js"

interface ComposerProps {
  readonly title: string
  /** What was typed here before and not sent. */
  readonly draft: string
  onDraft(text: string): void
  /** @returns false where the message was not taken: it is written here again */
  onSend(text: string): Promise<boolean>
  onTyping(typing: boolean): void
  /** Absent where files cannot be sent. */
  readonly onFiles?: (files: readonly File[]) => void
}

const TYPING_PAUSE_MS = 4000
const MAX_ROWS = 7

/** Enter sends where there is a real keyboard; elsewhere it is a new line and the button sends. */
const enterSends = (): boolean => matchMedia("(hover: hover) and (pointer: fine)").matches

/** Where a message is written. Mounted again for each conversation. */
export function Composer({ title, draft, onDraft, onSend, onTyping, onFiles }: ComposerProps) {
  const text = useSignal(draft)
  const area = useRef<HTMLTextAreaElement>(null)
  const pause = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const stopTyping = (): void => {
    if (pause.current === undefined) return
    clearTimeout(pause.current)
    pause.current = undefined
    onTyping(false)
  }
  useEffect(() => {
    if (enterSends()) area.current?.focus({ preventScroll: true })
    return stopTyping
  }, [])
  const tooLong = utf8(text.value).length > ContentLimit.textBytes

  const change = (value: string): void => {
    text.value = value
    onDraft(value)
    if (value.trim() === "") {
      stopTyping()
      return
    }
    if (pause.current === undefined) onTyping(true)
    clearTimeout(pause.current)
    pause.current = setTimeout(stopTyping, TYPING_PAUSE_MS)
  }
  const send = (): void => {
    const said = text.value.trim()
    if (said === "" || tooLong) return
    stopTyping()
    text.value = ""
    onDraft("")
    void onSend(said).then((taken) => {
      if (!taken && text.value === "") change(said)
    })
    area.current?.focus()
  }
  const sendAsFile = (): void => {
    onFiles?.([new File([text.value], "message.txt", { type: "text/plain" })])
    change("")
    area.current?.focus()
  }
  const insert = (sign: string): void => {
    const at = area.current?.selectionStart ?? text.value.length
    const end = area.current?.selectionEnd ?? at
    change(text.value.slice(0, at) + sign + text.value.slice(end))
    requestAnimationFrame(() => {
      area.current?.focus()
      area.current?.setSelectionRange(at + sign.length, at + sign.length)
    })
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {tooLong && (
        <div class="too-long">
          <p class="error" role="alert">
            This is too long for one message. Cut it in two, or send it as a file.
          </p>
          {onFiles !== undefined && (
            <Button kind="quiet" onClick={sendAsFile}>
              Send as a file
            </Button>
          )}
        </div>
      )}
      <div class="composer-row">
        {onFiles !== undefined && <FilePicker onFiles={onFiles} />}
        <textarea
          ref={area}
          dir="auto"
          aria-label={`Message to ${title}`}
          placeholder="Message"
          rows={Math.min(MAX_ROWS, text.value.split("\n").length)}
          value={text.value}
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing || !enterSends()) return
            event.preventDefault()
            send()
          }}
        />
        <EmojiPicker onPick={insert} />
        <button type="submit" class="icon-button strong" aria-label="Send" disabled={text.value.trim() === ""}>
          <Icon name="send" />
        </button>
      </div>
    </form>
  )
}
