import { Rng } from "@sourceprint/core/rng.js"
import { runSchedule } from "../../../test/support/chat-schedule.js"
import { MemoryRelay } from "../../../test/support/memory-relay.js"
import type { Figure } from "../claim.js"
import { atLeast } from "../figure.js"

/** Random lives of a room whose clients die at writes, before or after these took effect, and lose the line before a
 *  request or before its answer; the relay keeps the rules of docs/protocol.md in memory, so that each fault lands on a
 *  chosen step. */
export async function clientLives(lives: number, logLine: (text: string) => void): Promise<Figure[]> {
  const sum = { deaths: 0, cuts: 0, sent: 0, lost: 0, doubled: 0, orders: 0 }
  for (let life = 1; life <= lives; life++) {
    const clients = [2, 3, 5, 10][life % 4]
    const rates = { deathRate: 0.02, cutRate: 0.03 }
    const options = { clients, steps: 120, removals: false, ...rates }
    const { all, roomId, sure, deaths, cuts } = await runSchedule(
      await MemoryRelay.start(),
      new Rng(`proof ${life}`),
      options,
    )
    const texts = await Promise.all(all.map((one) => one.texts(roomId)))
    for (const list of texts) {
      const held = new Set(list)
      sum.lost += [...sure].filter((text) => !held.has(text)).length
      sum.doubled += list.length - held.size
      if (list.join() !== texts[0].join()) sum.orders++
    }
    sum.deaths += deaths
    sum.cuts += cuts
    sum.sent += sure.size
    if (life % 10 === 0) logLine(`${life} of ${lives} lives, ${sum.deaths} deaths, ${sum.cuts} broken lines`)
  }
  const none = { is: "exactly", value: 0 } as const
  const note = `${sum.sent} messages, ${sum.deaths} deaths at writes, ${sum.cuts} broken lines`
  return [
    { name: "messages lost at some member", value: sum.lost, unit: "", bound: none, note },
    { name: "messages doubled at some member", value: sum.doubled, unit: "", bound: none },
    { name: "members with another order", value: sum.orders, unit: "", bound: none },
    atLeast("deaths at writes", sum.deaths, lives),
    atLeast("broken lines", sum.cuts, lives),
  ]
}
