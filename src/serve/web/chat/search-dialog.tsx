import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { boundTo } from "../ui/bound-to.js"
import { Button } from "../ui/button.js"
import { Dialog } from "../ui/dialog.js"
import { TextField } from "../ui/text-field.js"
import { listTime } from "./times.js"

export interface Found {
  readonly roomId: string
  readonly roomTitle: string
  readonly seq: number
  readonly sender: string
  readonly text: string
  readonly atMs: number
}

interface SearchDialogProps {
  readonly open: boolean
  /** The newest first. */
  search(query: string, most: number): Promise<readonly Found[]>
  onPick(found: Found): void
  onClose(): void
}

const PAUSE_MS = 250
const MOST_SHOWN = 100

export function SearchDialog({ open, search, onPick, onClose }: SearchDialogProps) {
  const query = useSignal("")
  const found = useSignal<readonly Found[]>([])
  const state = useSignal<"idle" | "searching" | "done">("idle")
  useEffect(() => {
    found.value = []
    state.value = "idle"
    const wanted = query.value.trim()
    if (!open || wanted === "") return
    let current = true
    const run = async (): Promise<void> => {
      state.value = "searching"
      const all = await search(wanted, MOST_SHOWN)
      if (!current) return
      found.value = all
      state.value = "done"
    }
    const timer = setTimeout(() => void run(), PAUSE_MS)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [query.value, open])
  const count = found.value.length
  const words =
    state.value === "idle"
      ? ""
      : state.value === "searching"
        ? "Searching…"
        : count === 0
          ? "Nothing found on this device."
          : count >= MOST_SHOWN
            ? `The ${MOST_SHOWN} newest are shown.`
            : `${count} found.`
  return (
    <Dialog title="Search on this device" open={open} onClose={onClose}>
      <TextField
        label="Words"
        hint="Case and accents make no difference. The server never sees what you search."
        autocomplete="off"
        {...boundTo(query)}
      />
      <p class="hint" role="status">
        {words}
      </p>
      <ul class="found">
        {found.value.map((one) => (
          <li key={`${one.roomId} ${one.seq}`}>
            <button type="button" onClick={() => onPick(one)}>
              <span class="found-head">
                <bdi>{one.sender}</bdi> in <bdi>{one.roomTitle}</bdi> · {listTime(one.atMs)}
              </span>
              <span class="found-text" dir="auto">
                {one.text}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <div class="actions">
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  )
}
