import type { MemberView, RoomView } from "@sourceprint/protocol/chat/chat-view.js"
import { memberMarks } from "@sourceprint/protocol/chat/view/name-marks.js"
import { useEffect, useRef } from "preact/hooks"
import { Button } from "../ui/button.js"
import { Avatar } from "./avatar.js"
import { Icon } from "./icons.js"
import { VerifiedBadge } from "./verified-badge.js"

interface MembersPanelProps {
  readonly room: RoomView
  readonly members: readonly MemberView[]
  /** Without a connection nobody knows who is here. */
  readonly connected: boolean
  readonly compared: ReadonlyMap<string, "same" | "changed">
  onClose(): void
  onInvite(): void
  onCompare(member: MemberView): void
  onRemove(member: MemberView): void
  onLeave(): void
}

function Member({
  member,
  mark,
  room,
  compared,
  connected,
  onCompare,
  onRemove,
}: { member: MemberView; mark: string | undefined } & MembersPanelProps) {
  const { accountId, name, self, online, clients } = member
  const checked = compared.get(accountId)
  const active = room.status === "active"
  return (
    <li class="member">
      <Avatar title={name} online={connected ? online : undefined} />
      <div class="member-words">
        <p>
          <bdi class="member-name">{name}</bdi>
          {self && <span class="tag">you</span>}
          {connected && <span class={online ? "tag here" : "tag"}>{online ? "here" : "away"}</span>}
        </p>
        {mark !== undefined && (
          <span class="proof changed">
            <Icon name="warn" /> This name {mark}
          </span>
        )}
        {clients.map((device) => (
          <VerifiedBadge key={device.clientId} device={device} several={clients.length > 1} />
        ))}
        {checked === "same" && (
          <span class="proof strong">
            <Icon name="shield" /> Safety number compared
          </span>
        )}
        {checked === "changed" && (
          <span class="proof changed">
            <Icon name="warn" /> Keys changed since you compared
          </span>
        )}
        {!self && active && (
          <p class="member-actions">
            <button type="button" class="link-button" onClick={() => onCompare(member)}>
              Safety number<span class="unseen"> of {name}</span>
            </button>
            {room.kind === "room" && (
              <button type="button" class="link-button bad" onClick={() => onRemove(member)}>
                Remove<span class="unseen"> {name}</span>
              </button>
            )}
          </p>
        )}
      </div>
    </li>
  )
}

/** Who is in the room, who of them is here, and how each proved who they are. */
export function MembersPanel(props: MembersPanelProps) {
  const { room, members, connected, onClose, onInvite, onLeave } = props
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  const active = room.status === "active"
  const here = members.filter(({ online }) => online).length
  const marks = memberMarks(members)
  return (
    <aside class="members" aria-label="Members">
      <div class="pane-head">
        <h2 ref={heading} tabIndex={-1}>
          Members <span class="count">{connected ? `${here} of ${members.length} here` : members.length}</span>
        </h2>
        <button type="button" class="icon-button" aria-label="Close members" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <ul class="member-items">
        {members.map((member) => (
          <Member key={member.accountId} member={member} mark={marks.get(member.accountId)} {...props} />
        ))}
      </ul>
      {active && (
        <div class="members-foot">
          {room.kind === "room" && <Button onClick={onInvite}>Invite a person</Button>}
          <Button kind="danger" onClick={onLeave}>
            {room.kind === "room" ? "Leave the room" : "End this conversation"}
          </Button>
        </div>
      )}
    </aside>
  )
}
