import { utf8 } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { faultOfFreeName } from "../../new-name.js"
import { ContentLimit } from "../contents.js"
import { newKeyPackage } from "../mls/key-package.js"
import { MlsGroup } from "../mls/mls-group.js"
import { cleanLine } from "../plain-text.js"
import { freeNameWords } from "../view/name-marks.js"
import type { RoomHost } from "./room-host.js"
import type { RoomRecord, RoomTask } from "./room-record.js"
import { type RoomState, stateWrites, withTasks } from "./room-state.js"

/** A room that this client makes, stored: its group has one member, and its tasks are to tell the server and to add the
 *  own other devices and these persons. */
export async function newRoom(
  host: RoomHost,
  kind: RoomRecord["kind"],
  name: string,
  members: readonly string[],
): Promise<RoomState> {
  const { mls, self, storage } = host
  const roomId = host.newId()
  const group = await MlsGroup.create(mls, roomId, await newKeyPackage(mls, self.certificate, self))
  const record = {
    roomId,
    kind,
    name,
    status: "active",
    cursor: 0,
    firstSeq: 1,
    readSeq: 0,
    unread: 0,
    nextOrder: 1,
  } as const
  const adds = [self.name, ...members].map((one): RoomTask => ({ type: "addAccount", name: one }))
  const alone = { record, group, pending: undefined, tasks: [] }
  const state = withTasks(alone, [{ type: "create", kind }, ...adds])
  await storage.write(stateWrites(undefined, state).puts, [])
  return state
}

/** A room's name as it travels. Throws AppError "chat/text" for an empty or too long one, and for one that
 *  deceives. */
export function roomName(name: string): string {
  const clean = cleanLine(name)
  if (clean === "" || utf8(clean).length > ContentLimit.roomNameBytes) {
    throw new AppError("chat/text", `a room's name has 1 to ${ContentLimit.roomNameBytes} bytes`)
  }
  const fault = faultOfFreeName(clean)
  if (fault !== undefined) throw new AppError("chat/text", `this room's name ${freeNameWords[fault]}`)
  return clean
}
