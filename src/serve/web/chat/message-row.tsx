import type { ComponentChildren } from "preact"
import { type Delivery, DeliveryMark } from "./delivery-mark.js"
import { LinkedText } from "./linked-text.js"
import { clockTime, fullTime } from "./times.js"

/** A few emoji and nothing else are shown large. */
const onlyEmoji = (text: string): boolean =>
  text.length <= 40 &&
  /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|[\u{1f1e6}-\u{1f1ff}]|\u200d|\ufe0f|\s)+$/u.test(text)

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
  readonly children?: ComponentChildren
}

export function MessageRow({ rowKey, sender, own, first, atMs, delivery, marked, text, children }: MessageRowProps) {
  return (
    <div class={`message${own ? " own" : ""}${first ? " first" : ""}${marked ? " marked" : ""}`} data-key={rowKey}>
      {own ? <span class="unseen">You: </span> : <bdi class={first ? "sender" : "unseen"}>{sender}</bdi>}
      <div class={text !== undefined && onlyEmoji(text) ? "bubble large" : "bubble"}>
        {text === undefined ? (
          children
        ) : (
          <p class="message-text" dir="auto">
            <LinkedText text={text} />
          </p>
        )}
        <span class="message-foot">
          <time dateTime={new Date(atMs).toISOString()} title={fullTime(atMs)}>
            {clockTime(atMs)}
          </time>
          {delivery && <DeliveryMark delivery={delivery} atMs={atMs} />}
        </span>
      </div>
    </div>
  )
}
