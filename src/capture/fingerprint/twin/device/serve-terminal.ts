import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { access, constants, lstat, mkdtemp, readlink, rename, rm, symlink, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, dirname, join, resolve } from "node:path"
import { poll } from "@sourceprint/core/async/poll.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { OneHost } from "./one-host.js"
import type { ServedTwin } from "./serve-tcp.js"
import type { TwinDevice } from "./twin-device.js"
import { type SpeedWatch, watchSpeed } from "./watch-speed.js"

const START_DEADLINE_MS = 5000
/** Makes a terminal and looks every 2 ms whether a host has opened it. When the host has left, it ends socat: a write
 *  of what that host left unread never returns. Once socat has ended it says so, and keeps the terminal until the
 *  parent has answered, so that no other terminal has its number meanwhile. When the standard input closes, which is
 *  also when the parent is killed, it ends socat, which may lose a signal while it starts, and removes what was made.
 *  It leads a process group, so its last signal reaches what a host left, even a process that is just being forked. */
const TERMINAL = `exec 3<&0
trap '' PIPE
mkfifo "$OWN.sent" "$OWN.left"
socat "pty,link=$OWN,rawer,b57600,wait-slave,pty-interval=0.002" "exec:sh host.sh,nofork" & socat=$!
{ read -r _ <&3 || { while kill $socat; do sleep 0.02; done; exit 1; }; } & parent=$!
{ read -r _ <"$OWN.left"; sleep 0.1; kill $socat; } &
wait $socat
echo ended
wait $parent && kept=yes
trap '' TERM
kill 0
[ -n "$kept" ] || rm -rf "$LINK" "$LINK.next" "$FOLDER"
`
/** Has the terminal that a host has opened as its standard input and output. It lets the link lead to the next terminal
 *  before it connects the two ends, so the link never leads to one that has ended. Another process reads what the host
 *  sends: it alone learns that the host has left. */
const HOST = `until mv "$LINK.next" "$LINK" 2>/dev/null; do sleep 0.01; done
exec 4<&0
cat <&4 >"$OWN.sent" 5>"$OWN.left" &
exec socat -t0 "open:$OWN.sent,rdonly!!fd:1" "unix-connect:$OWN.line" 4<&-
`

/** True where socat is installed; the twin needs it to make a terminal. */
export const canServeTerminal = (): boolean =>
  (process.env.PATH ?? "").split(delimiter).some((folder) => folder !== "" && existsSync(join(folder, "socat")))

/** The twin on a pseudo-terminal at the path `link`, made by socat; the host opens it as any serial port. Every host
 *  gets a terminal of its own, which ends with it: what one host left unread does not reach another. The speed that the
 *  host sets counts: at another one than the device's, both sides read garbage. @throws AppError "twin/socat" */
export async function serveTwinTerminal(device: TwinDevice, link: string): Promise<ServedTwin> {
  await checkLink(link)
  const folder = await mkdtemp(join(tmpdir(), "sourceprint-tty-"))
  const hosts = new OneHost(device)
  const terminals = new Set<{ readonly child: ChildProcess; readonly ended: Promise<unknown> }>()
  const preparing = new Set<Promise<void>>()
  let made = 0
  let closing = false

  const makeTerminal = async (): Promise<string> => {
    const own = `terminal-${made++}`
    const path = join(folder, own)
    let isFollowed = false
    /** Each terminal that a host has taken has another one made, once. */
    const follow = async (): Promise<void> => {
      if (isFollowed) return
      isFollowed = true
      await prepareNext()
    }
    let speed: SpeedWatch | undefined
    const line = createServer((socket) => {
      speed = watchSpeed(path)
      hosts.take(socket, speed)
      follow().catch(() => socket.destroy()) // the host loses a line that nobody could open after it
    })
    line.listen(`${path}.line`)
    await once(line, "listening")
    const env = { ...process.env, OWN: own, LINK: resolve(link), FOLDER: folder }
    const child = spawn("sh", ["-c", TERMINAL], { stdio: ["pipe", "pipe", "ignore"], cwd: folder, env, detached: true })
    child.stdin.on("error", () => {}) // it has ended
    child.stdout.once("data", () => {
      follow().catch(() => {})
      void Promise.resolve(speed?.stop()).then(() => child.stdin.end("let go\n"))
    })
    const terminal = { child, ended: once(child, "close") }
    terminals.add(terminal)
    void terminal.ended.then(() => {
      line.close()
      terminals.delete(terminal)
    })
    if (!(await poll(() => existsSync(path), { everyMs: 5, withinMs: START_DEADLINE_MS }))) {
      throw new AppError("twin/socat", "socat did not make a terminal; has the machine run out of them?")
    }
    return readlink(path)
  }
  const prepareNext = (): Promise<void> => {
    if (closing) return Promise.resolve()
    const prepared = makeTerminal()
      .then((terminal) => symlink(terminal, `${link}.next`))
      .finally(() => preparing.delete(prepared))
    preparing.add(prepared)
    return prepared
  }

  const close = async (): Promise<void> => {
    closing = true
    await Promise.allSettled(preparing)
    const ends = [...terminals].map(({ child, ended }) => {
      child.stdin?.end()
      return ended
    })
    hosts.close()
    await Promise.all(ends)
    for (const path of [link, `${link}.next`, folder]) await rm(path, { recursive: true, force: true })
  }
  try {
    await writeFile(join(folder, "host.sh"), HOST)
    await prepareNext()
    await rename(`${link}.next`, link)
    await prepareNext()
  } catch (cause) {
    await close()
    throw cause instanceof AppError
      ? cause
      : new AppError("twin/socat", `the terminal ${link} cannot be made: ${messageOf(cause)}`, { cause })
  }
  return { name: link, close }
}

/** @throws AppError "twin/socat" where no terminal can be made at `link` */
async function checkLink(link: string): Promise<void> {
  if (!canServeTerminal()) {
    throw new AppError("twin/socat", "a terminal needs socat (apt-get install socat); TCP works without")
  }
  for (const path of [link, `${link}.next`]) {
    const found = await lstat(path).catch(() => undefined)
    if (found === undefined) continue
    if (!found.isSymbolicLink()) throw new AppError("twin/socat", `${path} is no terminal; choose another path`)
    await rm(path) // left by a twin that was killed
  }
  await access(dirname(resolve(link)), constants.W_OK).catch((cause: unknown) => {
    throw new AppError("twin/socat", `socat may not write the terminal ${link}: ${messageOf(cause)}`, { cause })
  })
}
