import type { ChatEntry, EntryPerson } from "../room/room-record.js"
import { isolated } from "./isolated.js"

/** A line between the messages that says what happened to the room. `warn` is for what a person should look into. */
export interface EntryNotice {
  readonly tone: "plain" | "warn"
  readonly text: string
}

const plain = (text: string): EntryNotice => ({ tone: "plain", text })
const warn = (text: string): EntryNotice => ({ tone: "warn", text })

/** Names of a list of persons, each once. */
function named(people: readonly EntryPerson[], selfId: string): string {
  const names = new Map(people.map(({ accountId, name }) => [accountId, accountId === selfId ? "you" : isolated(name)]))
  const list = [...names.values()]
  return list.length < 2 ? list.join("") : `${list.slice(0, -1).join(", ")} and ${list.at(-1)}`
}

function memberNotices(
  added: readonly EntryPerson[],
  removed: readonly EntryPerson[],
  { sender }: ChatEntry,
  selfId: string,
  leaving: ReadonlySet<string>,
): EntryNotice[] {
  const notices: EntryNotice[] = []
  const who = sender.accountId === selfId ? "You" : isolated(sender.name)
  const people = added.filter(({ device }) => !device)
  if (people.length > 0) notices.push(plain(`${who} added ${named(people, selfId)}`))
  for (const { accountId, name } of added.filter(({ device, newKey }) => device && !newKey)) {
    notices.push(
      plain(
        accountId === selfId ? "You are here on a further device" : `${isolated(name)} is here on a further device`,
      ),
    )
  }
  for (const { accountId, name } of added.filter(({ newKey }) => newKey)) {
    notices.push(
      accountId === selfId
        ? warn("A device that this one did not know came in under your name. If it is not yours, change your password.")
        : warn(`${isolated(name)} came with a key that this device has not seen before. Compare safety numbers.`),
    )
  }
  const gone = removed.filter(({ device, accountId }) => !device && !leaving.has(accountId))
  if (gone.length > 0) notices.push(plain(`${who} removed ${named(gone, selfId)}`))
  for (const { accountId, name } of removed.filter(({ device }) => device)) {
    notices.push(
      plain(accountId === selfId ? "One of your devices was removed" : `A device of ${isolated(name)} was removed`),
    )
  }
  return notices
}

/** What an entry that is not a message says; empty for messages and for what needs no saying.
 *  @param selfId the reader's account @param leaving accounts that said before that they leave */
export function entryNotices(
  entry: ChatEntry,
  selfId: string,
  leaving: ReadonlySet<string> = new Set(),
): readonly EntryNotice[] {
  const { body, sender } = entry
  const own = sender.accountId === selfId
  switch (body.type) {
    case "text":
    case "file":
    case "about":
    case "deleted":
    case "quiet":
      return []
    case "roomInfo":
      return body.kind === "direct" || body.name === "" ? [] : [plain(`This room is called “${isolated(body.name)}”`)]
    case "leave":
      return [plain(own ? "You left" : `${isolated(sender.name)} left`)]
    case "safety":
      return [plain(`${own ? "You" : isolated(sender.name)} compared safety numbers with a member`)]
    case "members":
      return memberNotices(body.added, body.removed, entry, selfId, leaving)
    case "joined":
      return body.again
        ? [warn("This device lost the room and came back; messages in between may be missing here.")]
        : [plain("This device joined here. What was said before is not readable on it.")]
    case "removed":
      return [
        warn(
          own
            ? "This device was removed from the room."
            : `${sender.name === "" ? "A member" : isolated(sender.name)} removed this device from the room.`,
        ),
      ]
    case "unreadable":
      return [warn("A message could not be verified and is not shown.")]
    case "newer":
      return [plain(`${own ? "You" : isolated(sender.name)} sent something that only a newer version shows.`)]
  }
}
