import type { SqlDatabase } from "../sql/database.js"
import { StateCode } from "./chat-rows.js"

/** Whether a client of the account is in the room now. @param roomId hex */
export async function isRoomMember({ db }: SqlDatabase, accountId: string, roomId: string): Promise<boolean> {
  const row = await db
    .selectFrom("chat_members")
    .innerJoin("chat_clients", "chat_clients.id", "chat_members.client_id")
    .select("chat_members.client_id")
    .where("chat_members.room_id", "=", roomId)
    .where("chat_members.state", "=", StateCode.in)
    .where("chat_clients.account_id", "=", accountId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
