import { once } from "node:events"
import { rm, writeFile } from "node:fs/promises"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { dirname, join } from "node:path"
import Database from "libsql"
import type { Fault } from "./fault-run.js"

/** Another process holds the file's write lock. */
export function lockedFile(file: string): Fault {
  let other: InstanceType<typeof Database> | undefined
  return {
    name: "SQLite locked",
    seen: true,
    begin() {
      other = new Database(file)
      other.pragma("busy_timeout=30000")
      other.exec("begin immediate")
      return Promise.resolve()
    },
    end() {
      other?.exec("rollback")
      other?.close()
      other = undefined
      return Promise.resolve()
    },
  }
}

/** The database, its log and its index are deleted while the server has them open. */
export const deletedFile = (file: string): Fault => ({
  name: "file deleted under the server",
  seen: false,
  async begin() {
    for (const end of ["", "-wal", "-shm"]) await rm(file + end, { force: true })
  },
  end: () => Promise.resolve(),
})

/** @param file on a disk of its own, which is filled to the last byte */
export function fullDisk(file: string): Fault {
  const filler = join(dirname(file), "filler")
  return {
    name: "full disk",
    seen: true,
    async begin() {
      for (let size = 2 ** 24; size >= 1024; ) {
        try {
          await writeFile(filler, new Uint8Array(size), { flag: "a" })
        } catch {
          size /= 2
        }
      }
    },
    end: () => rm(filler, { force: true }),
  }
}

/** The kernel makes the file system read-only at an error of its disk. It stays so until it is unmounted and checked,
 *  for which the server has to be stopped. */
export const readOnlyDisk = (disk: { fail(): void; mend(): Promise<void> }): Fault => ({
  name: "read-only file system",
  seen: true,
  restarts: true,
  begin: () => Promise.resolve(disk.fail()),
  end: () => disk.mend(),
})

/** The process stands still: nothing answers, and that is the truth. */
export const stoppedProcess: Fault = {
  name: "server stopped (SIGSTOP)",
  seen: true,
  begin: ({ child }) => Promise.resolve(void child.kill("SIGSTOP")),
  end: ({ child }) => Promise.resolve(void child.kill("SIGCONT")),
}

/** A line to a PostgreSQL socket file that can be cut: "silent" carries nothing and breaks nothing, as when a network
 *  is partitioned; "closed" refuses, as when the database is stopped. */
export async function cutLine(socketFile: string) {
  let state: "open" | "silent" | "closed" = "open"
  const sockets = new Set<Socket>()
  const pairs: [Socket, Socket][] = []
  const server = createServer((client) => {
    if (state === "closed") return void client.destroy()
    const database = connect(socketFile)
    for (const socket of [client, database]) {
      sockets.add(socket)
      socket
        .on("error", () => {})
        .on("close", () => {
          sockets.delete(socket)
          for (const one of [client, database]) one.destroy()
        })
    }
    pairs.push([client, database])
    client.on("data", (bytes) => void (state === "open" && database.write(bytes)))
    database.on("data", (bytes) => void (state === "open" && client.write(bytes)))
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const fault = (name: string, during: "silent" | "closed"): Fault => ({
    name,
    seen: true,
    begin() {
      state = during
      if (during === "closed") for (const socket of sockets) socket.destroy()
      return Promise.resolve()
    },
    end() {
      // What stood still has lost bytes: like a network that forgot the connections.
      for (const socket of sockets) socket.destroy()
      state = "open"
      return Promise.resolve()
    },
  })
  return {
    port: (server.address() as AddressInfo).port,
    partition: fault("PostgreSQL partitioned", "silent"),
    refusal: fault("PostgreSQL stopped", "closed"),
    stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
