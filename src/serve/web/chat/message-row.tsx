import { type ChatEntry, type MessageMarks, saidText } from "@sourceprint/protocol/chat/room/room-record.js"
import { safeFileName } from "@sourceprint/protocol/files/safe-name.js"
import type { ComponentChildren } from "preact"
import { type Delivery, DeliveryMark } from "./delivery-mark.js"
import { LinkedText } from "./linked-text.js"
import { clockTime, fullTime } from "./times.js"

/** A few emoji and nothing else are shown large. */
const onlyEmoji = (text: string): boolean =>
  text.length <= 40 &&
  /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|[\u{1f1e6}-\u{1f1ff}]|\u200d|\ufe0f|\s)+$/u.test(text)

/** The message that a reply answers, as it is now. */
function Quotation({ quoted }: { quoted: ChatEntry | undefined }) {
  const file = quoted?.body.type === "file" ? safeFileName(quoted.body.file.name) : undefined
  const words = quoted === undefined ? "A message that is not on this device" : (saidText(quoted) ?? file)
  return (
    <blockquote class="message-text">
      {quoted !== undefined && <bdi>{quoted.sender.name}: </bdi>}
      <span dir="auto">{words ?? "Deleted message"}</span>
    </blockquote>
  )
}

/** Each emoji with the names of who put it there. */
function Reactions({ reactions }: Pick<MessageMarks, "reactions">) {
  const names = new Map<string, string[]>()
  for (const { emoji, name } of reactions) names.set(emoji, [...(names.get(emoji) ?? []), name])
  if (names.size === 0) return null
  return (
    <ul class="reactions" aria-label="Reactions">
      {[...names].map(([emoji, who]) => (
        <li key={emoji} title={who.join(", ")}>
          {emoji} {who.length} <span class="unseen">{who.join(", ")}</span>
        </li>
      ))}
    </ul>
  )
}

export interface MessageRowProps {
  readonly rowKey: string
  readonly sender: string
  readonly own: boolean
  readonly first: boolean
  readonly atMs: number
  readonly delivery: Delivery | undefined
  /** The message that a search led to. */
  readonly marked: boolean
  /** Absent: `children` are shown instead. */
  readonly text?: string
  /** Whose quotation and marks are shown with the text. */
  readonly entry?: ChatEntry
  readonly children?: ComponentChildren
}

export function MessageRow({
  rowKey,
  sender,
  own,
  first,
  atMs,
  delivery,
  marked,
  text,
  entry,
  children,
}: MessageRowProps) {
  return (
    <div class={`message${own ? " own" : ""}${first ? " first" : ""}${marked ? " marked" : ""}`} data-key={rowKey}>
      {own ? <span class="unseen">You: </span> : <bdi class={first ? "sender" : "unseen"}>{sender}</bdi>}
      <div class={text !== undefined && onlyEmoji(text) ? "bubble large" : "bubble"}>
        {entry?.body.type === "about" && <Quotation quoted={entry.quoted} />}
        {text === undefined ? (
          children
        ) : (
          <p class="message-text" dir="auto">
            <LinkedText text={text} />
          </p>
        )}
        {entry?.marks !== undefined && <Reactions reactions={entry.marks.reactions} />}
        <span class="message-foot">
          {entry?.marks?.edited && <span>edited</span>}
          <time dateTime={new Date(atMs).toISOString()} title={fullTime(atMs)}>
            {clockTime(atMs)}
          </time>
          {delivery && <DeliveryMark delivery={delivery} atMs={atMs} />}
        </span>
      </div>
    </div>
  )
}
