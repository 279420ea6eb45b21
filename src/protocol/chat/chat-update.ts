import type { ChatEntry } from "./room/room-record.js"

/** What a ChatClient tells its subscribers; each says what to read again. */
export type ChatUpdate =
  /** Connected and caught up, or offline. */
  | { readonly type: "connection"; readonly online: boolean }
  /** A room came, went, or its name, members, unread count, status or delivery changed. */
  | { readonly type: "room"; readonly roomId: string }
  /** An item was stored. `live` is false while catching up with what was missed. */
  | { readonly type: "entry"; readonly roomId: string; readonly entry: ChatEntry; readonly live: boolean }
  /** What was said before has changed: `entry` is as it is now. */
  | { readonly type: "changed"; readonly roomId: string; readonly entry: ChatEntry }
  /** What waits to be sent has changed. */
  | { readonly type: "outbox"; readonly roomId: string }
  | { readonly type: "typing"; readonly roomId: string; readonly name: string; readonly typing: boolean }
  | { readonly type: "presence"; readonly name: string; readonly online: boolean }
  /** Something that was asked for could not be done and will not be tried again; `words` are for the person. */
  | {
      readonly type: "problem"
      readonly roomId: string | undefined
      readonly code: string
      readonly words: string
    }
