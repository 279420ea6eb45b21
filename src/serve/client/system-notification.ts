import { execFile } from "node:child_process"
import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"

const APPLESCRIPT = "on run {title, body}\ndisplay notification body with title title\nend run"

/** The program that shows a notification, with its arguments; undefined where the desktop has none. Texts are arguments
 *  of their own: no shell reads them. */
export function notificationCommand(
  title: string,
  body: string,
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
): readonly [program: string, ...args: string[]] | undefined {
  if (platform === "darwin") return ["osascript", "-e", APPLESCRIPT, title, body]
  const desktop = environment.DISPLAY ?? environment.WAYLAND_DISPLAY
  if (platform !== "linux" || desktop === undefined || desktop === "") return undefined
  const found = (environment.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, "notify-send"), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
  return found ? ["notify-send", "--app-name=sourceprint", "--", title, body] : undefined
}

/** Shows a notification on the desktop, if there is one. Never throws and never waits: it is an extra.
 *  @returns whether it was asked for */
export function notifyDesktop(title: string, body: string): boolean {
  const command = notificationCommand(title, body)
  if (command === undefined) return false
  const [program, ...args] = command
  execFile(program, args, { timeout: 5000 }, () => {})
  return true
}
