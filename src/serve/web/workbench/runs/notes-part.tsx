import { useSignal } from "@preact/signals"
import { messageOf } from "@sourceprint/core/errors.js"
import type { Ask, RunDetail } from "@sourceprint/core/workbench/workbench-data.js"
import { boundTo } from "../../ui/bound-to.js"
import { Button } from "../../ui/button.js"
import { TextField } from "../../ui/text-field.js"
import { Moment } from "../../ui/time-words.js"
import { call } from "../calls.js"

/** Title, tags and notes of a run, which people give it. */
export function NotesPart({ row, notes }: RunDetail) {
  const title = useSignal(row.title ?? "")
  const tag = useSignal("")
  const text = useSignal("")
  const failed = useSignal<{ readonly field: string; readonly text: string } | undefined>(undefined)
  const say = async (field: string, change: Omit<Ask<"note">, "run">): Promise<boolean> => {
    failed.value = undefined
    try {
      await call("note", { run: row.name, ...change })
      return true
    } catch (error) {
      failed.value = { field, text: messageOf(error) }
      return false
    }
  }
  const errorOf = (field: string): string | undefined => (failed.value?.field === field ? failed.value.text : undefined)
  return (
    <section class="part" aria-labelledby="notes">
      <h2 id="notes">Title, tags, notes</h2>
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault()
          void say("title", { title: title.value })
        }}
      >
        <TextField label="Title" {...boundTo(title)} error={errorOf("title")} hint="Beside the name, which stays." />
        <Button type="submit">Rename</Button>
      </form>
      <p>
        {row.tags.length === 0 && <span class="hint">No tag yet.</span>}
        {row.tags.map((name) => (
          <span key={name} class="tag">
            {name}{" "}
            <button
              type="button"
              class="link-button"
              aria-label={`Take the tag ${name} away`}
              onClick={() => void say("tag", { untag: [name] })}
            >
              ×
            </button>
          </span>
        ))}
      </p>
      <form
        class="line"
        onSubmit={async (event) => {
          event.preventDefault()
          if (await say("tag", { tag: [tag.value.trim()] })) tag.value = ""
        }}
      >
        <TextField label="New tag" {...boundTo(tag)} error={errorOf("tag")} />
        <Button type="submit">Add the tag</Button>
      </form>
      <ul class="items">
        {notes.map((note) => (
          <li key={note.at}>
            <span>
              {note.text}
              <span class="hint">
                <Moment atMs={Date.parse(note.at)} />
              </span>
            </span>
          </li>
        ))}
      </ul>
      <form
        class="line"
        onSubmit={async (event) => {
          event.preventDefault()
          if (await say("text", { text: text.value })) text.value = ""
        }}
      >
        <TextField label="New note" {...boundTo(text)} error={errorOf("text")} />
        <Button type="submit">Add the note</Button>
      </form>
    </section>
  )
}
