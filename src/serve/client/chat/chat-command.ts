/** What the line says: a message, or a command with its words. */
export type ChatCommand =
  | { readonly command: "message"; readonly text: string }
  | { readonly command: WorkCommand; readonly rest: string }
  | { readonly command: "quit" }
  | { readonly command: "unknown"; readonly text: string }

/** Every command with its words, in the order of `/help`. */
export const commandHelp = {
  rooms: ["", "your conversations, with what is unread"],
  join: ["<number or name>", "go to a conversation"],
  new: ["<name>", "make a room"],
  dm: ["<person>", "talk to one person"],
  people: ["<beginning of a name>", "find people on this server"],
  invite: ["<person>", "add a person to this room"],
  remove: ["<person>", "remove a person, who reads nothing said later"],
  leave: ["", "leave this conversation"],
  members: ["", "who is in it, who is here, and how each was verified"],
  verify: ["<person> [same]", "the safety number; with “same” you say that you compared it"],
  history: ["[how many]", "what was said before"],
  search: ["<words>", "in all conversations on this device"],
  send: ["<file>", "send a file"],
  files: ["", "the files of this conversation"],
  get: ["<number> [folder]", "fetch a file of that list"],
  wait: ["<text>", "for scripts: continue when a line with this text has come"],
  help: ["", "this list"],
  quit: ["", "end, when what is said has been sent"],
} as const satisfies Record<string, readonly [words: string, help: string]>
type CommandName = keyof typeof commandHelp
/** Those that do something in the chat. */
export type WorkCommand = Exclude<CommandName, "quit">

const isCommand = (name: string): name is CommandName => Object.hasOwn(commandHelp, name)

/** `/name words`; everything else is said. Two slashes say a text that begins with one. Undefined for an empty line. */
export function parseCommand(line: string): ChatCommand | undefined {
  if (line.trim() === "") return undefined
  if (!line.startsWith("/")) return { command: "message", text: line }
  if (line.startsWith("//")) return { command: "message", text: line.slice(1) }
  const [, name = "", rest = ""] = /^\/(\S*)\s*(.*)$/u.exec(line) ?? []
  if (!isCommand(name)) return { command: "unknown", text: `/${name}` }
  return name === "quit" ? { command: name } : { command: name, rest: rest.trim() }
}

export const helpLines = (): string[] =>
  Object.entries(commandHelp).map(([name, [words, help]]) => `/${`${name} ${words}`.padEnd(30)} ${help}`)
