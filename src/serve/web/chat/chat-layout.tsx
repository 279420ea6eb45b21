import { useSignal } from "@preact/signals"
import type { MemberView, RoomView } from "@sourceprint/protocol/chat/chat-view.js"
import { isolated } from "@sourceprint/protocol/chat/view/isolated.js"
import { useEffect, useRef } from "preact/hooks"
import { navigate, path } from "../router.js"
import { signOutLocally } from "../session/session-store.js"
import { toast } from "../ui/toasts.js"
import type { ChatModel } from "./chat-model.js"
import { wipeChat } from "./chat-store.js"
import { ConfirmDialog } from "./confirm-dialog.js"
import { ConversationPane } from "./conversation-pane.js"
import { InviteDialog } from "./invite-dialog.js"
import { MembersPanel } from "./members-panel.js"
import { NewConversationDialog } from "./new-conversation-dialog.js"
import { plainWords } from "./plain-words.js"
import { RoomList, type RoomWords, titleOf } from "./room-list.js"
import { roomOfPath, roomPath } from "./room-path.js"
import { SafetyDialog } from "./safety-dialog.js"
import { type Found, SearchDialog } from "./search-dialog.js"
import { SettingsDialog } from "./settings-dialog.js"

type Asking =
  | { readonly what: "nothing" | "new" | "search" | "settings" | "invite" | "leave" }
  | { readonly what: "compare" | "remove"; readonly member: MemberView }

const nothing: Asking = { what: "nothing" }

const say = (work: Promise<unknown>): void => {
  work.catch((error: unknown) => toast(plainWords(error)))
}

async function found(model: ChatModel, query: string, most: number): Promise<Found[]> {
  const entries = await model.client.search(query, most)
  return entries.flatMap(({ roomId, entry }) => {
    const room = model.client.room(roomId)
    const text = model.summary(entry)
    if (room === undefined || text === undefined) return []
    const { sender, seq, timeMs } = entry
    return [{ roomId, roomTitle: titleOf(room), seq, sender: sender.name, text, atMs: timeMs }]
  })
}

/** List, conversation and members, and the dialogs over them. */
export function ChatLayout({ model }: { model: ChatModel }) {
  const { client } = model
  const asking = useSignal<Asking>(nothing)
  const membersShown = useSignal(false)
  const root = useRef<HTMLDivElement>(null)
  const conversation = model.conversation.value
  const roomId = conversation?.roomId
  const room = conversation?.room.value
  const members = conversation?.members.value ?? []
  const close = (): void => {
    asking.value = nothing
  }
  const go = (to: string): void => {
    close()
    navigate(to)
  }
  const unread = model.rooms.value.reduce((sum, one) => sum + one.unread, 0)
  useEffect(() => {
    const about = room === undefined ? "Chat" : titleOf(room)
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${about} · sourceprint`
  }, [unread, room])
  useEffect(() => {
    if (membersShown.value) void conversation?.refreshCompared()
  }, [membersShown.value, members])
  const back = (): void => {
    navigate("/chat")
    requestAnimationFrame(() => {
      const link = root.current?.querySelector<HTMLElement>(`[data-room="${roomId ?? ""}"]`)
      link?.focus()
    })
  }
  const words = (one: RoomView): RoomWords => ({
    last: one.last && lastWords(model, one),
    typing: model.typing(one.roomId),
    online:
      one.kind === "direct" && model.online.value
        ? client.members(one.roomId).some((m) => !m.self && m.online)
        : undefined,
  })
  const ask = asking.value
  const find = (prefix: string) => client.directory(prefix)
  const panel = conversation !== undefined && members.length > 0 && membersShown.value
  const missing = conversation === undefined && roomOfPath(path.value) !== undefined
  const classes = ["chat", (conversation || missing) && "in-room", panel && "with-members"]
  return (
    <div ref={root} class={classes.filter(Boolean).join(" ")}>
      <RoomList
        rooms={model.rooms.value}
        connected={model.online.value}
        selfName={client.self.name}
        currentId={roomId}
        words={words}
        onNew={() => {
          asking.value = { what: "new" }
        }}
        onSearch={() => {
          asking.value = { what: "search" }
        }}
        onSettings={() => {
          asking.value = { what: "settings" }
        }}
      />
      {conversation === undefined ? (
        <div class="nothing-open">
          {missing ? (
            <p>
              This conversation is not on this device. <a href="/chat">To the list</a>
            </p>
          ) : (
            <p>Choose a conversation, or start one.</p>
          )}
        </div>
      ) : (
        <ConversationPane
          key={conversation.roomId}
          model={model}
          conversation={conversation}
          membersShown={membersShown.value}
          onBack={back}
          onMembers={() => {
            membersShown.value = !membersShown.value
          }}
        />
      )}
      {panel && room !== undefined && (
        <MembersPanel
          room={room}
          members={members}
          connected={model.online.value}
          compared={conversation.compared.value}
          onClose={() => {
            membersShown.value = false
            requestAnimationFrame(() => root.current?.querySelector<HTMLElement>(".members-button")?.focus())
          }}
          onInvite={() => {
            asking.value = { what: "invite" }
          }}
          onCompare={(member) => {
            asking.value = { what: "compare", member }
          }}
          onRemove={(member) => {
            asking.value = { what: "remove", member }
          }}
          onLeave={() => {
            asking.value = { what: "leave" }
          }}
        />
      )}
      <NewConversationDialog
        open={ask.what === "new"}
        selfName={client.self.name}
        find={find}
        onPerson={(name) => say(client.openDirect(name).then((id) => go(roomPath(id))))}
        onRoom={(name) => say(client.createRoom(name).then((id) => go(roomPath(id))))}
        onClose={close}
      />
      <SearchDialog
        open={ask.what === "search"}
        search={(query, most) => found(model, query, most)}
        onPick={(one) => {
          go(roomPath(one.roomId))
          void model.show(one.roomId, one.seq)
        }}
        onClose={close}
      />
      <SettingsDialog
        open={ask.what === "settings"}
        onWipe={() => say(wipeChat().then(() => signOutLocally()))}
        onClose={close}
      />
      {roomId !== undefined && (
        <>
          <InviteDialog
            open={ask.what === "invite"}
            members={members.map(({ name }) => name)}
            find={find}
            onPick={(name) => {
              close()
              say(client.addMember(roomId, name))
            }}
            onClose={close}
          />
          <SafetyDialog
            member={ask.what === "compare" ? ask.member : undefined}
            number={async ({ accountId }) => (await client.safety(roomId, accountId)).number}
            onSame={({ accountId }) => {
              close()
              say(client.confirmSafety(roomId, accountId).then(() => conversation?.refreshCompared(true)))
            }}
            onClose={close}
          />
          <ConfirmDialog
            title={`Remove ${ask.what === "remove" ? ask.member.name : ""}?`}
            open={ask.what === "remove"}
            action="Remove"
            onConfirm={() => {
              close()
              if (ask.what === "remove") say(client.removeMember(roomId, ask.member.accountId))
            }}
            onClose={close}
          >
            <p>They keep what they have read, and can read nothing that is said from then on.</p>
          </ConfirmDialog>
          <ConfirmDialog
            title={room?.kind === "direct" ? "End this conversation?" : "Leave the room?"}
            open={ask.what === "leave"}
            action={room?.kind === "direct" ? "End it" : "Leave"}
            onConfirm={() => {
              close()
              membersShown.value = false
              say(client.leave(roomId))
            }}
            onClose={close}
          >
            <p>You get nothing more from it. What was said stays on this device.</p>
          </ConfirmDialog>
        </>
      )}
    </div>
  )
}

/** The newest item as the list says it, with who said it in a room. */
function lastWords(model: ChatModel, { kind, last }: RoomView): string | undefined {
  const text = last && model.summary(last)
  if (last === undefined || text === undefined) return undefined
  const spoken = last.body.type === "text" || last.body.type === "file"
  if (!spoken) return text
  if (last.sender.accountId === model.client.self.accountId) return `You: ${isolated(text)}`
  return kind === "direct" ? isolated(text) : `${isolated(last.sender.name)}: ${isolated(text)}`
}
