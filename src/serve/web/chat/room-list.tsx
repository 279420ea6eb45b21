import type { RoomView } from "@sourceprint/protocol/chat/chat-view.js"
import { roomMarks } from "@sourceprint/protocol/chat/view/name-marks.js"
import { Avatar } from "./avatar.js"
import { Icon } from "./icons.js"
import { roomPath } from "./room-path.js"
import { listTime } from "./times.js"

/** What a list shows beside the room itself. */
export interface RoomWords {
  /** The newest item in one line. */
  readonly last: string | undefined
  readonly typing: string | undefined
  /** Whether the other person of a direct conversation is here. */
  readonly online: boolean | undefined
}

export const titleOf = ({ title, kind, status }: RoomView): string =>
  title || (status === "joining" ? "Joining…" : kind === "direct" ? "Conversation" : "Room")

interface RoomItemProps {
  readonly room: RoomView
  readonly current: boolean
  readonly words: RoomWords
  /** Why its name may deceive. */
  readonly mark: string | undefined
}

function RoomItem({ room, current, words, mark }: RoomItemProps) {
  const { roomId, unread, last } = room
  const title = titleOf(room)
  const gone = room.status === "removed" || room.status === "left"
  return (
    <li>
      <a class="room" href={roomPath(roomId)} data-room={roomId} aria-current={current ? "page" : undefined}>
        <Avatar title={title} online={words.online} />
        <span class="room-words">
          <span class="room-line">
            <bdi class="room-title">{title}</bdi>
            {mark !== undefined && (
              <span class="name-mark" title={`This name ${mark}`}>
                <Icon name="warn" />
                <span class="unseen"> (this name {mark})</span>
              </span>
            )}
            {last && <span class="room-time">{listTime(last.timeMs)}</span>}
          </span>
          <span class="room-line">
            <span class="room-last">
              {words.typing ?? words.last ?? (gone ? "You are no longer a member" : "Nothing said yet")}
            </span>
            {unread > 0 && (
              <span class="unread-count">
                {unread > 99 ? "99+" : unread}
                <span class="unseen"> unread</span>
              </span>
            )}
          </span>
        </span>
      </a>
    </li>
  )
}

interface RoomListProps {
  readonly rooms: readonly RoomView[]
  /** Else there may be rooms that only the server knows. */
  readonly connected: boolean
  readonly selfName: string
  readonly currentId: string | undefined
  words(room: RoomView): RoomWords
  onNew(): void
  onSearch(): void
  onSettings(): void
}

/** All conversations, the one with the newest item first. */
export function RoomList(props: RoomListProps) {
  const { rooms, connected, selfName, currentId, words, onNew, onSearch, onSettings } = props
  const marks = roomMarks(rooms)
  return (
    <nav class="rooms" aria-label="Conversations">
      <div class="pane-head">
        <h1>Chat</h1>
        <button type="button" class="icon-button" aria-label="Search messages" onClick={onSearch}>
          <Icon name="search" />
        </button>
        <button type="button" class="icon-button" aria-label="Chat settings" onClick={onSettings}>
          <Icon name="bell" />
        </button>
        <button type="button" class="icon-button strong" aria-label="New conversation" onClick={onNew}>
          <Icon name="plus" />
        </button>
      </div>
      {rooms.length === 0 ? (
        <div class="empty">
          <p>{connected ? "No conversations yet." : "Asking the server for your conversations…"}</p>
          {connected && (
            <button type="button" class="button primary" onClick={onNew}>
              Start one
            </button>
          )}
        </div>
      ) : (
        <ul class="room-items">
          {rooms.map((room) => (
            <RoomItem
              key={room.roomId}
              room={room}
              current={room.roomId === currentId}
              words={words(room)}
              mark={marks.get(room.roomId)}
            />
          ))}
        </ul>
      )}
      <p class="signed-in">
        Signed in as <bdi>{selfName}</bdi>
      </p>
    </nav>
  )
}
