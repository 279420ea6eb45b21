import { changeNotes, readNotes } from "@sourceprint/train/run-notes.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { runsOption } from "./options.js"
import { runOf } from "./run-of.js"

const options = {
  run: { type: "string", demandOption: true, describe: "name of the run" },
  ...runsOption,
  title: { type: "string", requiresArg: true, describe: 'shown beside the name, which stays; "" takes it away' },
  text: { type: "string", requiresArg: true, describe: "a note, kept with its date" },
  tag: { type: "string", array: true, nargs: 1, describe: "add a tag; may be given several times" },
  untag: { type: "string", array: true, nargs: 1, describe: "take a tag away" },
} satisfies Record<string, Options>

export const experimentNoteCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "note <run>",
  describe: "Title, tags and notes of a run; without an option, show them",
  builder: options,
  handler: async ({ run, runs, title, text, tag, untag }) => {
    const { folder } = await runOf(runs, run)
    const isChange = [title, text, tag, untag].some((value) => value !== undefined)
    const said = isChange ? await changeNotes(folder, { title, text, tag, untag }) : await readNotes(folder)
    console.log(`title: ${said.title ?? "none"}\ntags: ${said.tags.join(", ") || "none"}`)
    for (const note of said.notes) console.log(`${note.at}  ${note.text}`)
  },
}
