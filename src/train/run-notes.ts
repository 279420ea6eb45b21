import { join } from "node:path"
import { type Clock, systemClock } from "@sourceprint/core/clock.js"
import { AppError } from "@sourceprint/core/errors.js"
import { readJson } from "@sourceprint/core/files/read-json.js"
import { z } from "zod"
import { writeJson } from "./run-record.js"

/** notes.json: what people say of a run. Not part of its identity nor of its result. */
export interface RunNotes {
  /** Shown beside the name, which follows from the configuration and stays. */
  readonly title?: string
  /** In alphabetical order. */
  readonly tags: readonly string[]
  /** Oldest first. */
  readonly notes: readonly { readonly at: string; readonly text: string }[]
}

export interface NotesChange {
  /** Empty: the title is taken away. */
  readonly title?: string | undefined
  readonly tag?: readonly string[] | undefined
  readonly untag?: readonly string[] | undefined
  readonly text?: string | undefined
  /** Of the note's date; absent: the system's. */
  readonly clock?: Clock
}

const TAG = /^[a-z0-9][a-z0-9._-]{0,39}$/
const notesFile: z.ZodType<RunNotes> = z.object({
  title: z.string().exactOptional(),
  tags: z.array(z.string()),
  notes: z.array(z.object({ at: z.string(), text: z.string() })),
})
const notesPath = (runFolder: string): string => join(runFolder, "notes.json")

/** Of a run that nobody has said anything about: no tags and no notes. @throws AppError "run/damaged" */
export async function readNotes(runFolder: string): Promise<RunNotes> {
  const cure = "mend it or delete it; it holds only the title, tags and notes of the run"
  return (await readJson(notesPath(runFolder), notesFile, { code: "run/damaged", cure })) ?? { tags: [], notes: [] }
}

/** Adds to what is said of a run, finished or not. @returns all of it
 *  @throws AppError "run/note" for a tag or text that is none, "run/damaged" */
export async function changeNotes(runFolder: string, change: NotesChange): Promise<RunNotes> {
  const { title, tag = [], untag = [], text, clock = systemClock } = change
  for (const name of tag) {
    if (!TAG.test(name)) {
      throw new AppError("run/note", `"${name}" is no tag; a tag is up to 40 of a-z, 0-9, ".", "_" and "-"`)
    }
  }
  if (text?.trim() === "") throw new AppError("run/note", "the note is empty")
  const before = await readNotes(runFolder)
  const tags = new Set([...before.tags, ...tag])
  for (const name of untag) {
    if (!tags.delete(name)) {
      throw new AppError("run/note", `the run has no tag "${name}"; it has ${before.tags.join(", ") || "none"}`)
    }
  }
  const named = title === undefined ? before.title : title.trim()
  const added = text === undefined ? [] : [{ at: new Date(clock.nowMs()).toISOString(), text: text.trim() }]
  const notes: RunNotes = {
    ...(named === undefined || named === "" ? {} : { title: named }),
    tags: [...tags].sort(),
    notes: [...before.notes, ...added],
  }
  await writeJson(notesPath(runFolder), notes)
  return notes
}
