import { useComputed, useSignal } from "@preact/signals"
import { fromHex } from "@sourceprint/core/bytes.js"
import type { ChatEntry } from "@sourceprint/protocol/chat/room/room-record.js"
import { memberMarks, roomMarks } from "@sourceprint/protocol/chat/view/name-marks.js"
import type { FileDescriptor } from "@sourceprint/protocol/files/file-descriptor.js"
import { useCallback, useEffect, useRef } from "preact/hooks"
import { FileBubble } from "../files/file-bubble.js"
import { FileDrop } from "../files/file-picker.js"
import { PastedFiles } from "../files/pasted-files.js"
import { UploadList } from "../files/upload-list.js"
import { toast } from "../ui/toasts.js"
import type { ChatModel } from "./chat-model.js"
import { Composer } from "./composer.js"
import type { Conversation } from "./conversation.js"
import type { Delivery } from "./delivery-mark.js"
import { Icon } from "./icons.js"
import { plainWords } from "./plain-words.js"
import { titleOf } from "./room-list.js"
import { Timeline } from "./timeline.js"

interface ConversationPaneProps {
  readonly model: ChatModel
  readonly conversation: Conversation
  readonly membersShown: boolean
  onMembers(): void
  onBack(): void
}

/** Fewer are gone before one has read that they are being sent. */
const FEW_WAITING = 5

const endings: Partial<Record<string, string>> = {
  left: "You left this conversation. What was said stays on this device.",
  removed: "You are no longer a member. What was said before stays on this device.",
  joining: "Waiting for a member's device to let this one in.",
}

/** Heading, messages, and the place to write. */
export function ConversationPane(props: ConversationPaneProps) {
  const { model, conversation, membersShown, onMembers, onBack } = props
  const heading = useRef<HTMLHeadingElement>(null)
  const pasted = useSignal<readonly File[]>([])
  useEffect(() => {
    if (!matchMedia("(hover: hover) and (pointer: fine)").matches) heading.current?.focus({ preventScroll: true })
  }, [])
  const room = conversation.room.value
  const members = conversation.members.value
  const direct = room?.kind === "direct"
  useEffect(() => {
    if (direct) void conversation.refreshCompared()
  }, [direct, members])
  /** Whoever joins later does not make it less. */
  const reachedAll = useRef(new Map<number, Delivery>())
  const delivery = useComputed(() => {
    conversation.deliveries.value // read, so that what follows is looked up again when it is raised
    return (entry: ChatEntry): Delivery => {
      const done = reachedAll.current.get(entry.seq)
      if (done !== undefined) return done
      const { reached, missing } = model.client.delivery(conversation.roomId, entry.seq)
      const of = reached.length + missing.length
      if (reached.length === 0) return { state: "sent" }
      const delivery: Delivery = { state: "delivered", to: reached.length, of }
      if (missing.length === 0) reachedAll.current.set(entry.seq, delivery)
      return delivery
    }
  })
  const member = room?.status === "active"
  const file = useCallback(
    (descriptor: FileDescriptor, own: boolean) => (
      <FileBubble file={descriptor} downloads={model.downloads} own={own} member={member} />
    ),
    [model, member],
  )
  if (room === undefined) return null
  const title = titleOf(room)
  const here = members.filter(({ online }) => online).length
  const count = `${members.length} ${members.length === 1 ? "member" : "members"}`
  const status = ((): string => {
    if (members.length === 0) return room.status === "joining" ? "" : "no longer a member"
    if (!model.online.value) return direct ? "no connection" : `${count}, no connection`
    if (!direct) return `${count}, ${here} here`
    return members.some(({ self, online }) => !self && online) ? "here now" : "away"
  })()
  const say = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => toast(plainWords(error)))
  }
  const roomBytes = fromHex(conversation.roomId)
  const send = (files: readonly File[]): void => {
    for (const file of files) say(model.uploads.add(roomBytes, file))
  }
  const waiting = conversation.queued.value.length
  const sending = conversation.sending.value
  const changed = [...conversation.compared.value.values()].includes("changed")
  const ending = endings[room.status]
  const mark = roomMarks(model.rooms.value).get(conversation.roomId)
  return (
    <div class="conversation">
      <FileDrop
        label={title}
        onFiles={ending === undefined ? send : () => {}}
        onPasted={(files) => {
          if (ending === undefined) pasted.value = files
        }}
      >
        <div class="pane-head">
          <button type="button" class="icon-button back" aria-label="Back to the list" onClick={onBack}>
            <Icon name="back" />
          </button>
          <div class="conversation-name">
            <h2 ref={heading} tabIndex={-1}>
              <bdi>{title}</bdi>
            </h2>
            <p>{status}</p>
          </div>
          {members.length > 0 && (
            <button
              type="button"
              class="icon-button members-button"
              aria-label="Members"
              aria-expanded={membersShown}
              onClick={onMembers}
            >
              <Icon name="people" />
            </button>
          )}
        </div>
        <Timeline conversation={conversation} title={title} delivery={delivery.value} file={file} />
        <div class="conversation-foot">
          {mark !== undefined && (
            <p class="waiting-words">
              <Icon name="warn" /> The name of this conversation {mark}. Members shows who is in it.
            </p>
          )}
          {memberMarks(members).size > 0 && (
            <p class="waiting-words">
              <Icon name="warn" /> The name of a member may deceive. Look under Members.
            </p>
          )}
          {changed && (
            <p class="waiting-words">
              <Icon name="warn" /> Keys changed since you compared safety numbers. Compare again under Members.
            </p>
          )}
          <p class="typing-words" aria-live="polite">
            {model.typing(conversation.roomId)}
          </p>
          <p class="waiting-words" role="status">
            {waiting > 0 &&
              !model.online.value &&
              `${waiting} ${waiting === 1 ? "message waits" : "messages wait"} until there is a connection.`}
            {sending !== undefined &&
              model.online.value &&
              sending.total >= FEW_WAITING &&
              `Sending ${sending.done + 1} of ${sending.total}…`}
          </p>
          <UploadList uploads={model.uploads} roomId={roomBytes} />
          {ending === undefined ? (
            <Composer
              title={title}
              draft={model.drafts.of(conversation.roomId)}
              onDraft={(text) => model.drafts.set(conversation.roomId, text)}
              onFiles={send}
              onSend={async (text) => {
                conversation.speak()
                try {
                  await model.client.sendText(conversation.roomId, text)
                  return true
                } catch (error) {
                  toast(plainWords(error))
                  return false
                }
              }}
              onTyping={(typing) => {
                model.client.typing(conversation.roomId, typing).catch(() => {}) // said in passing, lost in passing
              }}
            />
          ) : (
            <p class="closed-room">{ending}</p>
          )}
        </div>
      </FileDrop>
      <PastedFiles
        files={pasted.value}
        title={title}
        onSend={() => {
          send(pasted.value)
          pasted.value = []
        }}
        onClose={() => {
          pasted.value = []
        }}
      />
    </div>
  )
}
