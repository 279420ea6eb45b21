import { useSignal } from "@preact/signals"
import type { WaitingView } from "@sourceprint/protocol/chat/chat-view.js"
import { type ChatEntry, saidText } from "@sourceprint/protocol/chat/room/room-record.js"
import { type TimelineRow, timelineRows } from "@sourceprint/protocol/chat/view/timeline-rows.js"
import type { FileDescriptor } from "@sourceprint/protocol/files/file-descriptor.js"
import type { ComponentChildren } from "preact"
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks"
import type { Conversation } from "./conversation.js"
import type { Delivery } from "./delivery-mark.js"
import { Icon } from "./icons.js"
import { MessageRow } from "./message-row.js"
import { dayWords, fullTime } from "./times.js"

interface TimelineProps {
  readonly conversation: Conversation
  readonly title: string
  delivery(entry: ChatEntry): Delivery
  /** What is shown of a file. */
  file(file: FileDescriptor, own: boolean): ComponentChildren
}

const NEAR_EDGE_PX = 500
const AT_END_PX = 48
/** Of what waits, the newest are shown and the others counted: a queue of any length costs the same. */
const MOST_WAITING = 60

function Row({ row, props }: { row: TimelineRow; props: TimelineProps }) {
  switch (row.kind) {
    case "day":
      return (
        <p class="day" data-key={row.key}>
          <time title={fullTime(row.atMs)}>{dayWords(row.atMs)}</time>
        </p>
      )
    case "unread":
      return (
        <p class="new-line" data-key={row.key}>
          New
        </p>
      )
    case "notice":
      return (
        <p class={`event ${row.notice.tone}`} data-key={row.key} title={fullTime(row.atMs)}>
          {row.notice.tone === "warn" && <Icon name="warn" />}
          <span>{row.notice.text}</span>
        </p>
      )
    case "message": {
      const { entry, own, first } = row
      const shared = {
        rowKey: row.key,
        sender: entry.sender.name,
        own,
        first,
        atMs: entry.timeMs,
        delivery: own ? props.delivery(entry) : undefined,
        marked: props.conversation.marked.value === entry.seq,
      }
      const text = saidText(entry)
      if (text !== undefined) return <MessageRow {...shared} text={text} entry={entry} />
      if (entry.body.type === "deleted") {
        return (
          <MessageRow {...shared} delivery={undefined}>
            <p class="message-text">Deleted message</p>
          </MessageRow>
        )
      }
      return <MessageRow {...shared}>{entry.body.type === "file" && props.file(entry.body.file, own)}</MessageRow>
    }
  }
}

/** A message that the server has not taken yet. */
function WaitingRow({ waiting, first, file }: { waiting: WaitingView; first: boolean; file: TimelineProps["file"] }) {
  const { id, content, sentAtMs } = waiting
  const shared = { rowKey: `q ${id}`, sender: "", own: true, first, atMs: sentAtMs, marked: false } as const
  const text = saidText({ body: content })
  if (text !== undefined) return <MessageRow {...shared} delivery={{ state: "waiting" }} text={text} />
  if (content.type !== "file") return null
  return (
    <MessageRow {...shared} delivery={{ state: "waiting" }}>
      {file(content.file, true)}
    </MessageRow>
  )
}

/** The first of the rows, one below the other, that ends at or below `edgePx`; their count where none does. */
function firstBelow(rows: ArrayLike<HTMLElement>, edgePx: number): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const bottom = rows[middle]?.getBoundingClientRect().bottom ?? 0
    if (bottom < edgePx) low = middle + 1
    else high = middle
  }
  return low
}

/** The messages, of which the page holds a stretch: more is fetched where the scroll comes near an end. What is looked
 *  at stays where it is while the list grows above it; at the end the list follows what comes. */
export function Timeline(props: TimelineProps) {
  const { conversation, title } = props
  const { history } = conversation
  const box = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const { place } = conversation
  const atEnd = useRef(place === undefined)
  const anchor = useRef<{ key: string; topPx: number } | undefined>(
    place && { key: `m ${place.seq}`, topPx: place.topPx },
  )
  const away = useSignal(false)
  /** A screen reader reads what comes, not what was fetched from before. */
  const quiet = useSignal(true)

  const entries = history.entries.value
  // The line for what is new stands where that begins, and that is not always among what is held.
  const { readSeqAtOpening = 0 } = conversation
  const begins = !history.hasOlder.value || (entries.at(0)?.seq ?? 0) <= readSeqAtOpening
  const readSeq = begins ? conversation.readSeqAtOpening : undefined
  const rows = useMemo(() => timelineRows(entries, conversation.selfId, readSeq), [entries, conversation, readSeq])
  const marked = conversation.marked.value
  const shown = useMemo(
    () => rows.map((row) => <Row key={row.key} row={row} props={props} />),
    [rows, marked, props.delivery, props.file],
  )
  const unread = conversation.room.value?.unread ?? 0
  const here = useMemo(() => new Set(entries.map(({ id }) => id)), [entries])
  const queued = conversation.queued.value.filter(({ id }) => !here.has(id))
  const uncounted = queued.slice(-MOST_WAITING)
  const more = queued.length - uncounted.length

  const remember = (): void => {
    const { current } = box
    if (current === null) return
    const fromEnd = current.scrollHeight - current.scrollTop - current.clientHeight
    atEnd.current = fromEnd < AT_END_PX && !history.hasNewer.value
    away.value = !atEnd.current
    conversation.place = undefined
    const edge = current.getBoundingClientRect().top
    anchor.current = undefined
    const all = content.current?.querySelectorAll<HTMLElement>("[data-key]") ?? []
    for (let n = firstBelow(all, edge); n < all.length; n++) {
      const row = all[n]
      if (row === undefined) break
      const { top } = row.getBoundingClientRect()
      const { key = "" } = row.dataset
      anchor.current ??= { key, topPx: top - edge }
      const seq = /^m (\d+)$/.exec(key)?.[1] // of days and notices there is none
      if (seq === undefined) continue
      if (!atEnd.current) conversation.place = { seq: Number(seq), topPx: top - edge }
      break
    }
  }
  const onScroll = (): void => {
    const { current } = box
    if (current === null) return
    remember()
    if (current.scrollTop < NEAR_EDGE_PX && history.hasOlder.value) {
      quiet.value = true
      void history.loadOlder()
    } else if (current.scrollHeight - current.scrollTop - current.clientHeight < NEAR_EDGE_PX) {
      if (history.hasNewer.value) void history.loadNewer()
      else quiet.value = false
    }
    if (atEnd.current) conversation.markRead()
  }

  /** After anything above or below has changed its size: at the end stays at the end, the rest where it was. */
  const keepPlace = (): void => {
    const { current } = box
    if (current === null) return
    const fromTop = (row: Element): number => row.getBoundingClientRect().top - current.getBoundingClientRect().top
    const rowOf = (key: string): Element | null => current.querySelector(`[data-key="${CSS.escape(key)}"]`)
    const { readSeqAtOpening } = conversation
    const marked = conversation.marked.value
    const target = conversation.placed
      ? null
      : marked !== undefined
        ? rowOf(`m ${marked}`)
        : rowOf(`unread ${readSeqAtOpening}`)
    const anchored = anchor.current && rowOf(anchor.current.key)
    if (target !== null) {
      current.scrollTop += fromTop(target) - current.clientHeight / 3
      conversation.placed = true
    } else if (atEnd.current && !history.hasNewer.value) {
      current.scrollTop = current.scrollHeight
    } else if (anchor.current !== undefined && anchored) {
      current.scrollTop += fromTop(anchored) - anchor.current.topPx
    }
  }

  useLayoutEffect(() => {
    keepPlace()
    remember()
    if (atEnd.current) conversation.markRead()
  })

  useEffect(() => {
    const read = (): void => {
      if (atEnd.current) conversation.markRead()
    }
    addEventListener("focus", read)
    const timer = setTimeout(() => {
      quiet.value = false
    }, 500)
    const { current } = box
    if (current !== null) current.tabIndex = 0 // the arrow keys scroll it
    const watch = new ResizeObserver(keepPlace)
    if (current !== null) watch.observe(current)
    if (content.current !== null) watch.observe(content.current) // pictures grow when they have come
    return () => {
      removeEventListener("focus", read)
      clearTimeout(timer)
      watch.disconnect()
    }
  }, [])

  const toNewest = (): void => {
    atEnd.current = true
    conversation.clearMark()
    void history.toNewest().then(() => {
      if (box.current !== null) box.current.scrollTop = box.current.scrollHeight
    })
  }
  const spoken = conversation.spoken.value
  useEffect(() => {
    if (spoken > 0 && !atEnd.current) toNewest() // to see what one has said
  }, [spoken])
  return (
    <div class="timeline-frame">
      <div
        class="timeline"
        ref={box}
        onScroll={onScroll}
        role="log"
        aria-label={`Messages of ${title}`}
        aria-live={quiet.value ? "off" : "polite"}
      >
        <div class="timeline-rows" ref={content}>
          {!history.hasOlder.value && rows.length > 0 && (
            <p class="event">
              <Icon name="lock" />
              <span>Sealed from device to device. The server cannot read it.</span>
            </p>
          )}
          {shown}
          {more > 0 && (
            <p class="event">
              <span>
                {more} more {more === 1 ? "message waits" : "messages wait"} to be sent before these
              </span>
            </p>
          )}
          {uncounted.map((waiting, n) => (
            <WaitingRow key={waiting.id} waiting={waiting} first={n === 0} file={props.file} />
          ))}
        </div>
      </div>
      {away.value && (
        <button type="button" class="to-newest" onClick={toNewest}>
          <Icon name="down" /> {unread > 0 ? `${unread > 99 ? "99+" : unread} new` : "Newest"}
        </button>
      )}
    </div>
  )
}
