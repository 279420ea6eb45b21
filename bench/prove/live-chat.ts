import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { throwawayPostgres, withoutPostgres } from "../../test/support/throwaway-postgres.js"
import type { Claim } from "./claim.js"
import { chatLoad } from "./live-chat/chat-load.js"
import { clientLives } from "./live-chat/client-lives.js"
import { crashChat } from "./live-chat/crash-chat.js"
import { plantedText } from "./live-chat/planted-text.js"

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "prove-chat-"))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function withPostgres<T>(work: (url: string) => Promise<T>): Promise<T> {
  if (withoutPostgres !== false) throw new Error(withoutPostgres)
  const cluster = await throwawayPostgres()
  try {
    return await work(cluster.url)
  } finally {
    await cluster.stop()
  }
}

/** Of a throwaway cluster, which names its folder as the host. */
const postgresFolder = (url: string): string => new URL(url).searchParams.get("host") ?? ""

const load = { kills: 20, people: 6, lifeMs: [400, 1600], pauseMs: 150 } as const

const crashAlone: Claim = {
  title:
    "server killed by -9 during traffic, 20 times (SQLite): no message lost, none doubled, one order for all members",
  measure: (logLine) =>
    inFolder((folder) => crashChat({ ...load, folder, store: join(folder, "s.db"), servers: 1, logLine })),
}

const crashPair: Claim = {
  title:
    "two servers on one PostgreSQL, one killed by -9 during traffic, 20 times: clients go to the other, " +
    "nothing lost or doubled",
  measure: (logLine) =>
    withPostgres((store) => inFolder((folder) => crashChat({ ...load, folder, store, servers: 2, logLine }))),
}

const load200: Claim = {
  title: "200 connected clients in 20 rooms, 50 messages a second for a minute on two cores: p99 delivery below 250 ms",
  measure: (logLine) =>
    inFolder((folder) =>
      chatLoad({
        folder,
        store: join(folder, "s.db"),
        rooms: 20,
        membersPerRoom: 10,
        perSecond: 50,
        forMs: 60_000,
        workers: 2,
        p99BoundMs: 250,
        logLine,
      }),
    ),
}

const plantedSqlite: Claim = {
  title: "texts, room names and file names are found nowhere in the server's files or on the wire (SQLite)",
  measure: () => inFolder((folder) => plantedText(folder, join(folder, "s.db"))),
}

const plantedPostgres: Claim = {
  title: "texts, room names and file names are found nowhere in the server's files or on the wire (PostgreSQL)",
  measure: () => withPostgres((url) => inFolder((folder) => plantedText(folder, url, postgresFolder(url)))),
}

const lives: Claim = {
  title: "clients die at any write and lose the line at any request: no message lost, none doubled, one order",
  measure: (logLine) => clientLives(60, logLine),
}

export const claims: readonly Claim[] = [crashAlone, crashPair, load200, plantedSqlite, plantedPostgres, lives]
