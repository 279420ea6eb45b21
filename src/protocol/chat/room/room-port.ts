import type { RoomHost } from "./room-host.js"
import type { RoomState } from "./room-state.js"

/** The room that the worker works on. */
export interface RoomPort {
  readonly host: RoomHost
  readonly state: RoomState
  /** Members that the server says wait to be added again although they have a leaf. */
  readonly waiting: ReadonlySet<string>
  /** Ids of utterances that the server has acknowledged and whose items have not come back yet. */
  readonly acknowledged: Set<string>
  /** Stores the state, makes it the current one, then zeroizes the keys that only the one before it had. */
  move(to: RoomState, zeroize?: () => void): Promise<void>
  /** A client that cannot be added yet: the server has no key package of it. */
  keyPackageMissing(name: string, clientId: string): void
  /** Fetches and applies everything up to the room's head. */
  catchUp(): Promise<void>
}
