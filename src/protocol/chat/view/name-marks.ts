import { nameKey } from "../../account-name.js"
import { lookAlikes } from "../../name-skeletons.js"
import { faultOfFreeName, type NameFault } from "../../new-name.js"
import type { MemberView, RoomView } from "../chat-view.js"

/** What is wrong with a name, as the end of a sentence about it. */
export const freeNameWords: Readonly<Record<NameFault, string>> = {
  invisible: "has a character that shows nothing",
  marks: "has marks that belong to no letter",
  scripts: "has a word of several alphabets",
}

/** Of rooms, members or people, by id: why the name may deceive, as the end of a sentence about it. */
export type NameMarks = ReadonlyMap<string, string>

interface Shown {
  readonly id: string
  /** Names of one owner may look alike. */
  readonly owner: string
  readonly name: string
}

function marksOf(shown: readonly Shown[], alikeWords: string): NameMarks {
  const alike = lookAlikes(shown)
  return new Map(
    shown.flatMap(({ id, owner, name }): [string, string][] => {
      const fault = faultOfFreeName(name)
      const words = fault === undefined ? undefined : freeNameWords[fault]
      if (alike.has(owner)) return [[id, alikeWords]]
      return words === undefined ? [] : [[id, words]]
    }),
  )
}

/** Marks of conversations, by roomId. Those that this device has left deceive nobody; conversations with one person
 *  have one name. */
export const roomMarks = (rooms: readonly RoomView[]): NameMarks =>
  marksOf(
    rooms
      .filter(({ status }) => status !== "left" && status !== "removed")
      .map(({ roomId, kind, title }) => ({
        id: roomId,
        owner: kind === "direct" ? `person ${nameKey(title)}` : roomId,
        name: title,
      })),
    "looks like that of another conversation",
  )

/** Marks of a room's members, by accountId: accounts of earlier versions, and those of a server that lies. */
export const memberMarks = (members: readonly MemberView[]): NameMarks =>
  marksOf(
    members.map(({ accountId, name }) => ({ id: accountId, owner: accountId, name })),
    "looks like that of another member",
  )

/** Marks of people who may be chosen, by name. @param known names that they might be taken for, beside each other's */
export const personMarks = (names: readonly string[], known: readonly string[]): NameMarks =>
  marksOf(
    [...new Set([...names, ...known])].map((name) => ({ id: name, owner: name, name })),
    "looks like that of another person",
  )
