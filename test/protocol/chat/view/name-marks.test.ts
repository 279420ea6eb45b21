import assert from "node:assert/strict"
import { test } from "node:test"
import type { MemberView, RoomView } from "@sourceprint/protocol/chat/chat-view.js"
import { memberMarks, personMarks, roomMarks } from "@sourceprint/protocol/chat/view/name-marks.js"
import { memberLines } from "@sourceprint/serve/client/chat/chat-lines.js"
import { account, Installation, ManualClock, settle } from "../../../support/chat-party.js"
import { MemoryRelay } from "../../../support/memory-relay.js"

const room = (roomId: string, title: string, more: Partial<RoomView> = {}): RoomView => ({
  roomId,
  kind: "room",
  title,
  status: "active",
  unread: 0,
  readSeq: 0,
  last: undefined,
  waiting: 0,
  ...more,
})
const member = (accountId: string, name: string): MemberView => ({
  accountId,
  name,
  self: false,
  online: true,
  factors: ["password"],
  verifiedAtMs: 0,
  clients: [],
})

test("rooms whose names look alike are marked, both of them; a room may not pass for a person", () => {
  const marks = roomMarks([
    room("1", "pay"),
    room("2", "\u0440\u0430\u0443"), // Cyrillic, all of it
    room("3", "Ada", { kind: "direct" }),
    room("4", "Ada", { kind: "direct" }),
    room("5", "Garden", { status: "left" }),
    room("6", "Garden"),
    room("7", ""),
    room("8", ""),
    room("9", "P\u0430yroll"),
  ])
  assert.deepEqual([...marks.keys()].sort(), ["1", "2", "9"])
  assert.match(marks.get("9") ?? "", /several alphabets/)
  assert.deepEqual([...roomMarks([room("1", "ada"), room("2", "Ada", { kind: "direct" })]).keys()], ["1", "2"])
})

test("members whose names look alike are marked, in the terminal too", () => {
  const members = [member("a", "Ada"), member("b", "Ada\ufe0f"), member("c", "Bob")]
  assert.deepEqual([...memberMarks(members).keys()], ["a", "b"])
  const lines = memberLines(members, 0)
  assert.equal(lines.filter((line) => line.includes("! this name looks like that of another member")).length, 2)
})

test("people to choose from are marked where a name looks like another's, or like that of who is there already", () => {
  const [plain, selected, cyrillic, filler] = ["Ada", "Ada\ufe0f", "\u0430da", "Eve\u3164"]
  assert.deepEqual([...personMarks([plain, selected, "Bob"], []).keys()], [plain, selected])
  assert.deepEqual([...personMarks([cyrillic, "Bob"], [plain]).keys()].sort(), [plain, cyrillic].sort())
  assert.match(personMarks([filler], [plain]).get(filler) ?? "", /shows nothing/)
  assert.equal(personMarks([plain, "Bob"], ["Eve"]).size, 0)
})

test("a name that deceives is refused in a new or renamed room, and marked where another member made it", async () => {
  const relay = await MemoryRelay.start()
  const clock = new ManualClock()
  const [ada, bob] = ["Ada", "Bob"].map((name) => new Installation(relay, account(name), clock))
  for (const one of [ada, bob]) await one.goOnline()
  await assert.rejects(ada.chat.createRoom("P\u0430yroll"), { code: "chat/text" })
  const roomId = await ada.chat.createRoom("pay", ["Bob"])
  await assert.rejects(ada.chat.rename(roomId, "pay\u3164"), { code: "chat/text" })
  const other = await bob.chat.createRoom("\u0440\u0430\u0443", ["Ada"])
  await settle(ada, bob)
  assert.deepEqual([...roomMarks(ada.chat.rooms()).keys()].sort(), [roomId, other].sort())
})
